import { existsSync } from 'node:fs';

/**
 * Adds the settings of the file `.env` in the working directory to the process's environment, where there is such a
 * file. What the environment has already stays as it is.
 */
export function readEnvFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}
