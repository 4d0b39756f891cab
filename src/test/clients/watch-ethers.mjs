// Listens with ethers, which polls filters, while a provider is killed.
import assert from 'node:assert/strict';
import { half, listen, peer, step, till, tillAbi, url } from './day.mjs';

const { Contract, ContractFactory, JsonRpcProvider, Wallet } = peer('ethers');

const provider = new JsonRpcProvider(url, undefined, { polling: false });
provider.pollingInterval = 250;
const wallet = new Wallet(
  '0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba',
  provider,
);
const contract = await step('deploy', async () => {
  const deployed = await new ContractFactory(tillAbi, till, wallet).deploy();
  await deployed.deploymentTransaction().wait(1, 30_000);
  return new Contract(await deployed.getAddress(), tillAbi, wallet);
});
const values = [];
await contract.on('Set', (_, value) => values.push(Number(value)));
const set = async (value) => (await (await contract.set(value)).wait(1, 30_000)).hash;

await step('before', () => listen(1, set, values));
await half();
await step('after', () => listen(4, set, values));

assert.deepEqual(values, [1, 2, 3, 4, 5, 6]);
await contract.off('Set');
console.log('done');
process.exit(0); // its timers would linger
