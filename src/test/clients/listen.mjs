// What the programs that listen over WebSocket have in common: they tell what they hear line by
// line, and the test compares it with what happened. None of them connects again by itself.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

/** Loads a library from the folder of peers: NODE_PATH does not count for modules. */
export const peer = createRequire(`${process.env.JETH_PEERS}/package.json`);

/** Of the gateway, with ws:// in front. */
export const url = process.argv[2];

/** The contract whose logs are listened for. */
export const contract = process.argv[3];

/** A block by its hash, or by its number where the library tells no more. */
export const block = (hashOrNumber) => console.log(`block ${hashOrNumber}`);

export const log = ({ blockHash, index, removed }) =>
  console.log(`log ${removed ? 'removed' : 'added'} ${blockHash} ${Number(index)}`);

/** Whatever goes wrong ends the test. */
export const failed = (error) => {
  console.log(`failed ${error?.stack ?? error}`);
  process.exit(1);
};

process.on('uncaughtException', failed);
process.on('unhandledRejection', failed);

/** Ends when the test says so. */
createInterface({ input: process.stdin }).once('line', () => {
  console.log('done');
  process.exit(0);
});
