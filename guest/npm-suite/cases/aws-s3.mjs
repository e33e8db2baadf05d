import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
const seen = [];
const handle = async (request) => {
  seen.push([request.method, request.hostname, request.path, request.headers['x-amz-content-sha256'], request.headers.authorization?.replace(/Signature=.*/, 'Signature')]);
  const failed = request.method === 'DELETE';
  const body = failed ? '<Error><Code>AccessDenied</Code><Message>no</Message></Error>' : '';
  return { response: { statusCode: failed ? 403 : 200, headers: { etag: '"e"', 'content-type': 'application/xml' }, body: new Blob([body]).stream() } };
};
const client = new S3Client({ region: 'eu-west-1', credentials: { accessKeyId: 'AKID', secretAccessKey: 'SECRET' }, systemClockOffset: 0, requestHandler: { handle, metadata: { handlerProtocol: 'http/1.1' } }, requestChecksumCalculation: 'WHEN_REQUIRED' });
const signingDate = new Date(1700000000000);
console.log(await getSignedUrl(client, new GetObjectCommand({ Bucket: 'b', Key: 'a/é.txt' }), { expiresIn: 60, signingDate }));
console.log((await client.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'text' }))).ETag, seen.map(([method, host, path, hash]) => [method, host, path, hash]));
console.log(await client.send(new DeleteObjectCommand({ Bucket: 'b', Key: 'k' })).catch((error) => [error.name, error.message, error.$metadata.httpStatusCode]));
