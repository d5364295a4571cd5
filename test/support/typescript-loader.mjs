// Lets plain Node run the TypeScript sources, for what happens outside Jest: its global set-up and child processes.
// TypeScript itself does it, because entities need the decorator metadata that faster transpilers leave out.
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
