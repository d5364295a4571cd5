/** The server's own words, see `vite/catalog.ts`. */
declare module 'virtual:catalog' {
  interface CheckWords {
    title: string;
    description: string;
    /** Sub-check name → sentence. */
    subChecks: Record<string, string>;
    /** Reason code → sentence. */
    reasons: Record<string, string>;
  }

  /** An object of a policy document, and what can be written in it. */
  interface PolicyPart {
    name: string;
    fields: { name: string; required: boolean; kind: string; description: string }[];
  }

  const catalog: {
    checks: Record<string, CheckWords>;
    tasks: Record<string, { title: string; description: string }>;
    /** Everything that can be written in a policy, from the schema that the server checks it with. */
    policyReference: PolicyPart[];
    /** Words for the results of identity profiles: reason code → sentence, failure type → what failed. */
    profiles: { reasons: Record<string, string>; failures: Record<string, string> };
    /** Scope → what it allows. */
    scopes: Record<string, string>;
    /** Role → its scopes. */
    roles: Record<string, string[]>;
    /** Event name → what it means. */
    events: Record<string, string>;
  };
  export default catalog;
}
