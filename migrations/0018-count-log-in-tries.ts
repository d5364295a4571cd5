import type { MigrationInterface, QueryRunner } from 'typeorm';
import { definerFunction } from '../src/database/rls.js';

/**
 * Log-in tries are counted when they begin: guesses that are made at once wait for each other, so that those after the
 * fifth find the account blocked. What a right password had counted goes when its session opens.
 */
export class CountLogInTries1763800000018 implements MigrationInterface {
  name = 'CountLogInTries1763800000018';

  async up(q: QueryRunner): Promise<void> {
    await q.query(
      definerFunction(
        'count_log_in_try(p_user uuid)',
        'boolean',
        // As a failure counts: the fifth in a row blocks for one minute, and every further one doubles it, up to an hour.
        `WITH counted AS (
           UPDATE users SET failed_logins = failed_logins + 1,
                  blocked_until = CASE WHEN failed_logins >= 4
                    THEN now() + least(interval '1 hour', interval '1 minute' * power(2, least(failed_logins - 4, 10))) END
            WHERE id = p_user AND (blocked_until IS NULL OR blocked_until <= now()) RETURNING 1)
         SELECT EXISTS (SELECT 1 FROM counted)`,
      ),
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
