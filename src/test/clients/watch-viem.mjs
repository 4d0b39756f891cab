// Listens with viem, which polls filters, while a provider is killed.
import assert from 'node:assert/strict';
import { half, listen, peer, step, till, tillAbi, url } from './day.mjs';

const { createPublicClient, createWalletClient, defineChain, http, parseAbi } = peer('viem');
const { privateKeyToAccount } = peer('viem/accounts');

const chain = defineChain({
  id: 31337,
  name: 'test',
  nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  rpcUrls: { default: { http: [url] } },
});
const account = privateKeyToAccount(
  '0x47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a',
);
const transport = http(url, { retryCount: 0 });
const client = createPublicClient({ chain, transport, pollingInterval: 250 });
const wallet = createWalletClient({ account, chain, transport });
const abi = parseAbi(tillAbi);

const mined = (hash) => client.waitForTransactionReceipt({ hash, timeout: 30_000 });
const { contractAddress: address } = await step('deploy', async () =>
  mined(await wallet.deployContract({ abi, bytecode: till })));
const values = [];
const pending = new Set();
const errors = [];
const onError = (error) => errors.push(error);
const endEvents = client.watchContractEvent({
  address,
  abi,
  eventName: 'Set',
  onLogs: (logs) => values.push(...logs.map((log) => Number(log.args.value))),
  onError,
});
const endPending = client.watchPendingTransactions({
  onTransactions: (hashes) => hashes.forEach((hash) => pending.add(hash)),
  onError,
});
const set = async (value) => {
  const hash = await wallet.writeContract({ address, abi, functionName: 'set', args: [value] });
  await mined(hash);
  return hash;
};

const sent = await step('before', () => listen(1, set, values));
await half();
sent.push(...(await step('after', () => listen(4, set, values))));

assert.deepEqual(values, [1, 2, 3, 4, 5, 6]);
assert.deepEqual(errors, []);
assert.deepEqual(
  sent.filter((hash) => !pending.has(hash)),
  [],
);
endEvents();
endPending();
console.log('done');
