import Stripe from 'stripe';
const stripe = new Stripe('sk_test_x', { maxNetworkRetries: 0, telemetry: false, httpClient: Stripe.createFetchHttpClient(async (url, init) => {
  const failed = String(url).includes('refunds');
  return Response.json(failed ? { error: { type: 'invalid_request_error', message: 'no such charge', param: 'charge' } } : { id: 'cus_1', object: 'customer', sent: init.body, url: String(url) }, { status: failed ? 400 : 200, headers: { 'request-id': 'req_1' } });
}) });
const customer = await stripe.customers.create({ email: 'a@b.c', metadata: { k: 'v' } });
console.log(customer.id, customer.sent, customer.url, customer.lastResponse.requestId);
console.log(await stripe.refunds.create({ charge: 'x' }).catch((error) => [error.type, error.message, error.param, error.statusCode]));
const payload = JSON.stringify({ id: 'evt_1', type: 'a.b' });
const header = await stripe.webhooks.generateTestHeaderStringAsync({ payload, secret: 'whsec', timestamp: 1700000000 });
console.log(header, (await stripe.webhooks.constructEventAsync(payload, header, 'whsec', Infinity)).type);
await stripe.webhooks.constructEventAsync(payload, header, 'other', Infinity).catch((error) => console.log(error.type));
