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

/** Says which step it was that failed. */
export async function step(name, action) {
  try {
    return await action();
  } catch (e) {
    throw new Error(`step "${name}" failed`, { cause: e });
  }
}
