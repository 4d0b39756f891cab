// A wallet's day with ethers.
import assert from 'node:assert/strict';
import { half, peer, step, till, tillAbi, url } from './day.mjs';

const { Contract, ContractFactory, JsonRpcProvider, Wallet, isError, parseEther } = peer('ethers');

const provider = new JsonRpcProvider(url, undefined, { polling: true, pollingInterval: 250 });
const wallet = new Wallet(
  '0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a',
  provider,
);
const friend = '0x00000000000000000000000000000000000f1e4e';

const mined = async (response) => {
  const receipt = await response.wait(1, 30_000);
  assert.equal(receipt.status, 1);
  return receipt;
};

const failure = async (promise) => {
  try {
    await promise;
  } catch (e) {
    return e;
  }
  throw new Error('no failure');
};

await step('chain id', async () => assert.equal((await provider.getNetwork()).chainId, 31337n));
await step('balance', async () =>
  assert.ok((await provider.getBalance(wallet.address)) > parseEther('1')));
await step('blocks', async () => {
  const latest = await provider.getBlock('latest');
  assert.equal((await provider.getBlock(latest.number)).hash, latest.hash);
  assert.equal((await provider.getBlock(latest.hash, true)).number, latest.number);
});
const transfer = await step('send', async () => {
  const receipt = await mined(
    await wallet.sendTransaction({ to: friend, value: parseEther('0.25') }),
  );
  const transaction = await provider.getTransaction(receipt.hash);
  assert.equal(transaction.blockNumber, receipt.blockNumber);
  assert.equal(await provider.getBalance(friend), parseEther('0.25'));
  return receipt;
});

await half();

const contract = await step('deploy', async () => {
  const deployed = await new ContractFactory(tillAbi, till, wallet).deploy();
  await mined(deployed.deploymentTransaction());
  return new Contract(await deployed.getAddress(), tillAbi, wallet);
});
const set = await step('call', async () => {
  assert.equal(await contract.get(), 0n);
  const receipt = await mined(await contract.set(43n));
  assert.equal(await contract.get(), 43n);
  return receipt;
});
await step('call in the past', async () =>
  assert.equal(await contract.get({ blockTag: set.blockNumber - 1 }), 0n));
await step('revert with a custom error', async () => {
  const e = await failure(contract.failCustom.staticCall(777n));
  assert.ok(isError(e, 'CALL_EXCEPTION'), e);
  assert.equal(e.revert.name, 'TooMuch');
  assert.deepEqual([...e.revert.args], [777n, 100n]);
});
await step('revert with a text', async () => {
  const e = await failure(contract.failText.staticCall());
  assert.ok(isError(e, 'CALL_EXCEPTION'), e);
  assert.equal(e.reason, 'not today');
});
await step('estimate', async () => {
  const gas = await contract.set.estimateGas(1n);
  assert.ok(gas > 21_000n && gas < 100_000n, `${gas}`);
  const e = await failure(contract.failText.estimateGas());
  assert.equal(e.reason, 'not today');
});
await step('logs', async () => {
  const logs = await contract.queryFilter(
    contract.filters.Set(wallet.address),
    transfer.blockNumber,
    'latest',
  );
  assert.equal(logs.length, 1);
  assert.equal(logs[0].args.value, 43n);
  assert.equal(logs[0].blockHash, set.blockHash);
});
await step('batch', async () => {
  // What is asked in one turn of the event loop goes out as one batch.
  const numbers = Array.from({ length: 20 }, (_, i) => i % set.blockNumber);
  const [nonce, ...blocks] = await Promise.all([
    provider.getTransactionCount(wallet.address),
    ...numbers.map((number) => provider.getBlock(number)),
  ]);
  assert.equal(nonce, 3);
  assert.deepEqual(
    blocks.map((block) => block.number),
    numbers,
  );
});
await step('fees', async () => {
  const history = await provider.send('eth_feeHistory', ['0x4', 'latest', [25, 75]]);
  assert.equal(history.baseFeePerGas.length, history.gasUsedRatio.length + 1);
  assert.ok((await provider.getFeeData()).maxFeePerGas > 0n);
});
await step('send the same twice', async () => {
  const request = await wallet.populateTransaction({ to: friend, value: 1n });
  const raw = await wallet.signTransaction(request);
  const first = await provider.broadcastTransaction(raw);
  assert.equal((await provider.broadcastTransaction(raw)).hash, first.hash);
  await mined(first);
  assert.equal(await provider.send('eth_sendRawTransaction', [raw]), first.hash);
});
await step("the chain's own errors", async () => {
  const used = await failure(
    wallet.sendTransaction({ to: friend, value: 1n, nonce: 0, gasLimit: 21_000n }),
  );
  assert.ok(isError(used, 'NONCE_EXPIRED'), used);
  const poor = await failure(
    wallet.sendTransaction({ to: friend, value: parseEther('1000000000'), gasLimit: 21_000n }),
  );
  assert.ok(isError(poor, 'INSUFFICIENT_FUNDS'), poor);
});
provider.destroy();
console.log('done');
