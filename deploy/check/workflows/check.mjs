// Checks workflows with the language service that GitHub's editors use, and by our own rules. Arguments: actions.yaml, workflows.
import { validate } from "@actions/languageservice";
import { TextDocument } from "vscode-languageserver-textdocument";
import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";

const [actionsFile, ...files] = process.argv.slice(2);
const actions = parse(readFileSync(actionsFile, "utf8"));
const complaints = [];

const config = {
  actionsMetadataProvider: {
    fetchActionMetadata: async ({ owner, name }) => {
      const listed = actions[`${owner}/${name}`];
      if (!listed) {
        complaints.push(`${owner}/${name} is not listed in ${actionsFile}`);
        return undefined;
      }
      const inputs = {};
      for (const input of listed) {
        inputs[input.replace("*", "")] = { description: "", required: input.endsWith("*") };
      }
      return { name, description: "", inputs, outputs: {} };
    },
  },
};

/** One call of a script of the repository, so that what a workflow does can be done without it. */
function checkRun(file, job, run) {
  const script = run.trim().split(/\s/)[0];
  if (!/^(\.ci\/run|deploy\/[a-z/-]+\.sh)( [a-z-]+)*$/.test(run.trim())) {
    complaints.push(`${file}: job ${job}: run: ${run.trim()} (expected: one call of a script in deploy/ or .ci/)`);
  } else if (!existsSync(script)) {
    complaints.push(`${file}: job ${job}: there is no ${script}`);
  }
}

function checkRules(file, text) {
  const workflow = parse(text);
  if (JSON.stringify(workflow.permissions) !== '{"contents":"read"}') {
    complaints.push(`${file}: permissions: ${JSON.stringify(workflow.permissions)} (expected: contents: read, more by job)`);
  }
  for (const [name, job] of Object.entries(workflow.jobs)) {
    if (!job.uses && !job["timeout-minutes"]) {
      complaints.push(`${file}: job ${name} has no timeout-minutes`);
    }
    for (const step of job.steps ?? []) {
      if (step.run) {
        checkRun(file, name, step.run);
      }
      if (step.uses && !step.uses.startsWith("./") && !/@[0-9a-f]{40}$/.test(step.uses)) {
        complaints.push(`${file}: job ${name}: ${step.uses} is not pinned by commit`);
      }
    }
  }
}

for (const file of files) {
  const text = readFileSync(file, "utf8");
  const document = TextDocument.create(`file:///${file}`, "yaml", 0, text);
  for (const { range, message } of await validate(document, config)) {
    complaints.push(`${file}:${range.start.line + 1}:${range.start.character + 1}: ${message}`);
  }
  checkRules(file, text);
}
complaints.forEach((complaint) => console.log(complaint));
process.exit(complaints.length > 0 ? 1 : 0);
