import type { TenantDb } from '../database/tenant-db.js';
import { People, type NewPerson } from './people.js';

/**
 * Adds a platform operator. Operators can't be made through the API: whoever has the database's secrets makes the first.
 *
 * @returns the password of a new account, or null when there was one with this e-mail address, which is left as it is
 */
export async function createOperator(
  db: TenantDb,
  person: Omit<NewPerson, 'operator'>,
): Promise<string | null> {
  const people = new People();
  const prepared = await people.prepare({ ...person, operator: true });
  const { initialPassword } = await db.withoutTenant((em) => people.ensure(em, prepared));
  return initialPassword;
}
