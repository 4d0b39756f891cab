// Listens with web3.js over WebSocket.
import { block, contract, failed, log, peer, url } from './listen.mjs';

const { Web3, WebSocketProvider } = peer('web3');

const provider = new WebSocketProvider(url, {}, { autoReconnect: false });
provider.on('error', failed);
provider.on('disconnect', failed);
const web3 = new Web3(provider);

const tell = ({ blockHash, logIndex, removed }) => log({ blockHash, index: logIndex, removed });
const logs = await web3.eth.subscribe('logs', { address: contract });
logs.on('data', tell);
logs.on('error', failed);
const heads = await web3.eth.subscribe('newBlockHeaders');
heads.on('data', ({ hash }) => block(hash));
heads.on('error', failed);
