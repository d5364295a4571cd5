import { AuditEntry, EventRow } from '../audit/audit.entity.js';
import { Credential } from '../credentials/credential.entity.js';
import { Policy, PolicyVersion } from '../policies/policy.entity.js';
import { ApiKey } from '../tenants/api-key.entity.js';
import { Tenant } from '../tenants/tenant.entity.js';
import { Delivery, DeliveryAttempt, RetiringSecret, WebhookEndpoint } from '../webhooks/webhook.entity.js';

/** Every entity; what has none here is read and written in SQL. */
export const entities = [
  Tenant,
  ApiKey,
  Credential,
  Policy,
  PolicyVersion,
  EventRow,
  AuditEntry,
  WebhookEndpoint,
  RetiringSecret,
  Delivery,
  DeliveryAttempt,
];
