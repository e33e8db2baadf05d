import OpenAI from 'openai';
const events = ['{"choices":[{"index":0,"delta":{"content":"Hel"}}]}', '{"choices":[{"index":0,"delta":{"content":"lo"}}]}', '[DONE]'];
const client = new OpenAI({ apiKey: 'k', maxRetries: 1, fetch: async (url, init) => {
  const body = init.body ? JSON.parse(init.body) : {};
  if (body.stream) return new Response(events.map((event) => `data: ${event}\n\n`).join(''), { headers: { 'content-type': 'text/event-stream' } });
  if (String(url).endsWith('/models/none')) return Response.json({ error: { message: 'nothing there', code: 'not_found' } }, { status: 404 });
  return Response.json({ choices: [{ message: { role: 'assistant', content: `${body.model}: ${body.messages[0].content}` } }], auth: new Headers(init.headers).get('authorization') });
} });
const answer = await client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });
console.log(answer.choices[0].message.content, answer.auth);
let text = '';
for await (const chunk of await client.chat.completions.create({ model: 'm', messages: [], stream: true })) text += chunk.choices[0].delta.content;
console.log(text, await client.models.retrieve('none').catch((error) => [error.constructor.name, error.status, error.message]));
