import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { hashPassword } from '../auth/passwords.js';
import { randomToken } from '../crypto/tokens.js';

/** A person as they are being added. */
export interface NewPerson {
  email: string;
  name: string;
  /** A random one when left out. */
  password?: string;
  operator?: boolean;
}

/** Accounts of people. A person has one account, whatever the number of their tenants. */
@Injectable()
export class People {
  /**
   * Hashes outside of the transaction that will add the person.
   *
   * @returns what `ensure` needs
   */
  async prepare(person: NewPerson): Promise<PreparedPerson> {
    const password = person.password ?? randomToken(12);
    return { ...person, password, passwordHash: await hashPassword(password) };
  }

  /** Adds the person, or finds the account that has this e-mail address and leaves it as it is. */
  async ensure(
    em: EntityManager,
    person: PreparedPerson,
  ): Promise<{ userId: string; initialPassword: string | null }> {
    // A statement that waited for somebody else's commit of this address doesn't see it yet; the next one does.
    const row = (await ensureUser(em, person)) ?? (await ensureUser(em, person));
    if (!row) throw new Error('The account was added and is gone again.');
    return { userId: row.id, initialPassword: row.created ? person.password : null };
  }
}

async function ensureUser(
  em: EntityManager,
  person: PreparedPerson,
): Promise<{ id: string; created: boolean } | undefined> {
  const [row] = await em.query<{ id: string; created: boolean }[]>(
    'SELECT * FROM ensure_user($1, $2, $3, $4, $5)',
    [uuidv7(), person.email, person.name, person.passwordHash, person.operator ?? false],
  );
  return row;
}

interface PreparedPerson extends NewPerson {
  password: string;
  passwordHash: string;
}
