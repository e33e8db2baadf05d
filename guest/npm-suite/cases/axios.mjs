import axios from 'axios';
const client = axios.create({ baseURL: 'https://api.example/v1', headers: { 'x-a': '1' }, adapter: async (config) => ({ data: { url: axios.getUri(config), sent: config.data, type: config.headers.getContentType() }, status: config.url === '/bad' ? 422 : 200, statusText: '', headers: {}, config }) });
client.interceptors.request.use((config) => (config.headers.set('x-b', '2'), config));
client.interceptors.response.use((response) => ({ ...response, data: { ...response.data, seen: response.config.headers['x-b'] } }));
console.log((await client.get('/items', { params: { q: 'a b', tag: ['x', 'y'] } })).data);
console.log((await client.post('/items', { name: 'n' })).data);
console.log((await axios.get('data:application/json,{"inline":true}', { adapter: 'http' })).data);
console.log(axios.isAxiosError(await axios.get('data:nonsense', { adapter: 'http' }).catch((error) => error)), axios.toFormData({ a: { b: 1 } }).constructor.name);
