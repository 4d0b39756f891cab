// A wallet's day with viem.
import assert from 'node:assert/strict';
import { half, peer, step, till, tillAbi, url } from './day.mjs';

const { createPublicClient, createWalletClient, defineChain, http, parseAbi, parseEther } =
  peer('viem');
const { BaseError, ContractFunctionRevertedError } = peer('viem');
const { privateKeyToAccount } = peer('viem/accounts');

const chain = defineChain({
  id: 31337,
  name: 'test',
  nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  rpcUrls: { default: { http: [url] } },
});
const account = privateKeyToAccount(
  '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d',
);
const friend = '0x00000000000000000000000000000000000f1e4d';
const once = { pollingInterval: 250, timeout: 30_000 };
// Each request once: a failure that the library would hide by trying again is to be seen.
const client = createPublicClient({ chain, transport: http(url, { retryCount: 0 }), ...once });
const wallet = createWalletClient({ account, chain, transport: http(url, { retryCount: 0 }) });
const batching = createPublicClient({
  chain,
  transport: http(url, { retryCount: 0, batch: { batchSize: 50, wait: 20 } }),
});
const abi = parseAbi(tillAbi);

const mined = async (hash) => {
  const receipt = await client.waitForTransactionReceipt({ hash, timeout: 30_000 });
  assert.equal(receipt.status, 'success');
  assert.equal(receipt.transactionHash, hash);
  return receipt;
};

const revert = async (functionName, args) => {
  try {
    await client.simulateContract({ address, abi, functionName, args, account });
  } catch (e) {
    assert.ok(e instanceof BaseError, e);
    return e.walk((cause) => cause instanceof ContractFunctionRevertedError);
  }
  throw new Error('no revert');
};

await step('chain id', async () => assert.equal(await client.getChainId(), 31337));
await step('balance', async () =>
  assert.ok((await client.getBalance({ address: account.address })) > parseEther('1')));
await step('blocks', async () => {
  const latest = await client.getBlock();
  const same = await client.getBlock({ blockNumber: latest.number });
  assert.equal(same.hash, latest.hash);
  const byHash = await client.getBlock({ blockHash: latest.hash, includeTransactions: true });
  assert.equal(byHash.number, latest.number);
});
const transfer = await step('send', async () => {
  const hash = await wallet.sendTransaction({ to: friend, value: parseEther('0.5') });
  const receipt = await mined(hash);
  const transaction = await client.getTransaction({ hash });
  assert.equal(transaction.blockNumber, receipt.blockNumber);
  assert.equal(await client.getBalance({ address: friend }), parseEther('0.5'));
  return receipt;
});

await half();

const address = await step('deploy', async () => {
  const hash = await wallet.deployContract({ abi, bytecode: till });
  return (await mined(hash)).contractAddress;
});
const set = await step('call', async () => {
  assert.equal(await client.readContract({ address, abi, functionName: 'get' }), 0n);
  const receipt = await mined(
    await wallet.writeContract({ address, abi, functionName: 'set', args: [42n] }),
  );
  assert.equal(await client.readContract({ address, abi, functionName: 'get' }), 42n);
  return receipt;
});
await step('call in the past', async () =>
  assert.equal(
    await client.readContract({
      address,
      abi,
      functionName: 'get',
      blockNumber: set.blockNumber - 1n,
    }),
    0n,
  ));
await step('revert with a custom error', async () => {
  const { data } = await revert('failCustom', [777n]);
  assert.equal(data.errorName, 'TooMuch');
  assert.deepEqual(data.args, [777n, 100n]);
});
await step('revert with a text', async () =>
  assert.equal((await revert('failText', [])).reason, 'not today'));
await step('estimate', async () => {
  const gas = await client.estimateContractGas({
    address,
    abi,
    functionName: 'set',
    args: [1n],
    account,
  });
  assert.ok(gas > 21_000n && gas < 100_000n, `${gas}`);
  await assert.rejects(
    client.estimateContractGas({ address, abi, functionName: 'failText', account }),
    /not today/,
  );
});
await step('logs', async () => {
  const logs = await client.getContractEvents({
    address,
    abi,
    eventName: 'Set',
    args: { who: account.address },
    fromBlock: transfer.blockNumber,
    toBlock: 'latest',
  });
  assert.equal(logs.length, 1);
  assert.equal(logs[0].args.value, 42n);
  assert.equal(logs[0].blockHash, set.blockHash);
});
await step('batch', async () => {
  const numbers = Array.from({ length: 20 }, (_, i) => BigInt(i % Number(set.blockNumber)));
  const [id, nonce, ...blocks] = await Promise.all([
    batching.getChainId(),
    batching.getTransactionCount({ address: account.address }),
    ...numbers.map((blockNumber) => batching.getBlock({ blockNumber })),
  ]);
  assert.equal(id, 31337);
  assert.equal(nonce, 3);
  assert.deepEqual(
    blocks.map((block) => block.number),
    numbers,
  );
});
await step('fees', async () => {
  const history = await client.getFeeHistory({ blockCount: 4, rewardPercentiles: [25, 75] });
  assert.equal(history.baseFeePerGas.length, history.gasUsedRatio.length + 1);
  const fees = await client.estimateFeesPerGas();
  assert.ok(fees.maxFeePerGas > 0n);
});
await step('send the same twice', async () => {
  const request = await wallet.prepareTransactionRequest({ to: friend, value: 1n });
  const serializedTransaction = await wallet.signTransaction(request);
  const hash = await wallet.sendRawTransaction({ serializedTransaction });
  assert.equal(await wallet.sendRawTransaction({ serializedTransaction }), hash);
  await mined(hash);
  assert.equal(await wallet.sendRawTransaction({ serializedTransaction }), hash);
});
await step("the chain's own errors", async () => {
  await assert.rejects(
    wallet.sendTransaction({ to: friend, value: 1n, nonce: 0, gas: 21_000n }),
    /nonce/i,
  );
  await assert.rejects(
    wallet.sendTransaction({ to: friend, value: parseEther('1000000000'), gas: 21_000n }),
    /funds/i,
  );
});
console.log('done');
