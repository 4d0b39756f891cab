// Listens with ethers over WebSocket, which tells the number of a block only.
import { block, contract, failed, log, peer, url } from './listen.mjs';

const { WebSocketProvider } = peer('ethers');

const provider = new WebSocketProvider(url);
provider.websocket.onerror = ({ message }) => failed(message);
provider.websocket.onclose = ({ code }) => failed(`closed with ${code}`);

await provider.on({ address: contract }, log);
await provider.on('block', block);
