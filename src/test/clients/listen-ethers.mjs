// Listens with ethers over WebSocket, which tells the number of a block only, and that a log is
// removed only to those who have asked about this log.
import { block, contract, failed, log, peer, url } from './listen.mjs';

const { WebSocketProvider } = peer('ethers');

const provider = new WebSocketProvider(url);
provider.websocket.onerror = ({ message }) => failed(message);
provider.websocket.onclose = ({ code }) => failed(`closed with ${code}`);

await provider.on({ address: contract }, async (added) => {
  log(added);
  await provider.once({ orphan: 'drop-log', log: { ...added.toJSON(), removed: true } }, log);
});
await provider.on('block', block);
