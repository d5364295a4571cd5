// What an integrator writes without Countersign: an Express route that creates a session with the SDK, after its
// documentation. It asks Yoti for the same checks as the policy it is compared with, and keeps nothing.
import express from 'express';
import yoti from 'yoti';

const { YOTI_URL, YOTI_SDK_ID, YOTI_PEM } = process.env;
const client = new yoti.IDVClient(YOTI_SDK_ID, YOTI_PEM, { apiUrl: YOTI_URL });

function sessionSpecification(reference) {
  const filter = new yoti.OrthogonalRestrictionsFilterBuilder()
    .withWhitelistedDocumentTypes(['PASSPORT', 'DRIVING_LICENCE', 'NATIONAL_ID'])
    .withAllowExpiredDocuments(false)
    .build();
  return new yoti.SessionSpecificationBuilder()
    .withClientSessionTokenTtl(900)
    .withResourcesTtl(604_800)
    .withUserTrackingId(reference)
    .withNotifications(notifications())
    .withRequestedCheck(
      new yoti.RequestedDocumentAuthenticityCheckBuilder().withManualCheckFallback().build(),
    )
    .withRequestedCheck(
      new yoti.RequestedLivenessCheckBuilder().forStaticLiveness().withMaxRetries(3).build(),
    )
    .withRequestedCheck(new yoti.RequestedFaceMatchCheckBuilder().withManualCheckFallback().build())
    .withRequestedTask(new yoti.RequestedTextExtractionTaskBuilder().withManualCheckFallback().build())
    .withRequiredDocument(new yoti.RequiredIdDocumentBuilder().withFilter(filter).build())
    .withSdkConfig(new yoti.SdkConfigBuilder().withAllowsCamera().withAllowHandoff(true).build())
    .build();
}

function notifications() {
  return new yoti.NotificationConfigBuilder()
    .withEndpoint('https://integrator.example/yoti')
    .withAuthTypeBearer()
    .withAuthToken('a-token-of-the-integrators-own')
    .forResourceUpdate()
    .forTaskCompletion()
    .forCheckCompletion()
    .forSessionCompletion()
    .build();
}

const app = express();
app.use(express.json());
app.post('/sessions', async (request, response) => {
  const session = await client.createSession(sessionSpecification(request.body.reference));
  response
    .status(201)
    .json({ sessionId: session.getSessionId(), clientSessionToken: session.getClientSessionToken() });
});

const server = app.listen(0, '127.0.0.1', () => {
  process.send({ url: `http://127.0.0.1:${server.address().port}` });
});
process.once('disconnect', () => process.exit());
