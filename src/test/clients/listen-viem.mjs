// Listens with viem over WebSocket. It asks for each block by its number once it has heard of it.
import { block, contract, failed, log, peer, url } from './listen.mjs';

const { createPublicClient, webSocket } = peer('viem');

// Else a connection that was lost would be hidden.
const client = createPublicClient({
  transport: webSocket(url, { reconnect: false, retryCount: 0 }),
});

client.watchEvent({
  address: contract,
  onLogs: (logs) => logs.forEach(({ logIndex, ...rest }) => log({ ...rest, index: logIndex })),
  onError: failed,
});
client.watchBlocks({ onBlock: ({ hash }) => block(hash), onError: failed });
