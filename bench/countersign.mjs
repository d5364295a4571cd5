// The built server in production mode, as its start-up makes it. With STAGES set it also tells where the time goes.
import { loadConfig } from '../dist/src/config.js';
import { startServer } from '../dist/src/server.js';
import { startStages } from './stages.mjs';

const stages = process.env.STAGES ? startStages() : null;
const server = await startServer(loadConfig(process.env));
process.on('message', (message) => {
  const answer = message === 'begin' ? stages.begin() : stages.end();
  void answer.then((value) => process.send(value));
});
process.once('disconnect', () => process.exit());
process.send({ url: server.localUrl });
