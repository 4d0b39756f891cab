// What the days with viem and ethers have in common.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

/** Loads a library from the folder of peers: NODE_PATH does not count for modules. */
export const peer = createRequire(`${process.env.JETH_PEERS}/package.json`);

export const url = process.argv[2];

/** Creation code of the contract Till, see README.md. */
export const till = readFileSync(new URL('till.hex', import.meta.url), 'utf8').trim();

export const tillAbi = [
  'event Set(address indexed who, uint256 value)',
  'error TooMuch(uint256 asked, uint256 limit)',
  'function set(uint256 value)',
  'function get() view returns (uint256)',
  'function failText() pure',
  'function failCustom(uint256 asked) pure',
];

/** Lets the test kill a provider before the day goes on. */
export async function half() {
  console.log('half');
  const lines = createInterface({ input: process.stdin });
  await new Promise((resolve) => lines.once('line', resolve));
  lines.close();
}

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

/** Sets three values, from this one on, and waits until they were heard; gives what set gave. */
export async function listen(first, set, values) {
  const sent = [];
  await pause(2_000); // libraries make their filters when they feel like it
  for (const value of [first, first + 1, first + 2]) {
    sent.push(await set(BigInt(value)));
  }
  for (let i = 0; i < 60 && values.length < first + 2; i++) {
    await pause(250);
  }
  await pause(1_000); // what would be heard twice
  return sent;
}

/** Says which step it was that failed. */
export async function step(name, action) {
  try {
    return await action();
  } catch (e) {
    throw new Error(`step "${name}" failed`, { cause: e });
  }
}
