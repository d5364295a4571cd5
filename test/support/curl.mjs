// As much of curl as the documents' examples use, for machines without it.
import { readFileSync } from 'node:fs';

const [method, data, urls] = [[], [], []];
for (let rest = process.argv.slice(2); rest.length;) {
  const [argument, value] = rest;
  const valued = { '-X': method, '-d': data }[argument];
  if (valued) valued.push(value);
  else if (argument.startsWith('http')) urls.push(argument);
  else if (argument !== '-sS' && argument !== '--fail-with-body')
    throw new Error(`${argument} is not known here`);
  rest = rest.slice(valued ? 2 : 1);
}
const body = data[0] === '@-' ? readFileSync(0, 'utf8') : data[0];
const response = await fetch(urls[0], { method: method[0] ?? (body === undefined ? 'GET' : 'POST'), body });
process.stdout.write(await response.text());
process.exitCode = !response.ok && process.argv.includes('--fail-with-body') ? 22 : 0;
