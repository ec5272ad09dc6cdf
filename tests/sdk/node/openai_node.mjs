// openai-node. Usage: node openai_node.mjs BASE_URL
import OpenAI from 'openai';
import {base, run, sleep, QUESTION} from './cases.mjs';

const client = new OpenAI({baseURL: base, apiKey: 'sk-test', maxRetries: 0, timeout: 20000});
const completions = client.chat.completions;
const messages = [{role: 'user', content: QUESTION}];
const parameters = {type: 'object', properties: {city: {type: 'string'}}, required: ['city']};
const tools = [{type: 'function', function: {name: 'weather', parameters}}];

const whole = (model, more = {}) => completions.create({model, messages, ...more});
const helper = (model, more = {}) => completions.stream({model, messages, ...more});

async function streamed(model, more = {}) {
  const texts = [];
  const finishes = [];
  for await (const chunk of await completions.create({model, messages, stream: true, ...more})) {
    for (const choice of chunk.choices) {
      texts[choice.index] = (texts[choice.index] ?? '') + (choice.delta.content ?? '');
      if (choice.finish_reason) finishes.push(choice.finish_reason);
    }
  }
  return {texts, finishes};
}

const args = message => message.tool_calls.map(call => call.function.arguments);

await run({
  whole: async () => {
    const answer = await whole('plain');
    return [answer.choices[0].message.content, answer.usage.total_tokens, answer._request_id];
  },
  streamed: () => streamed('plain'),
  'streamed gzip': () => streamed('gzip'),
  'streamed br': () => streamed('br'),
  'streamed comments': () => streamed('sse-comments'),
  'streamed crlf': () => streamed('sse-crlf'),
  'streamed bytewise': () => streamed('sse-split-1'),
  'usage of a stream': async () => {
    let last;
    const options = {include_usage: true};
    for await (const chunk of await completions.create({model: 'plain', messages, stream: true, stream_options: options}))
      last = chunk;
    return [last.choices.length, last.usage.total_tokens];
  },
  'stream helper': async () => (await helper('plain').finalChatCompletion()).choices[0].message.content,
  tools: async () => args((await whole('tools', {tools})).choices[0].message),
  'parallel tools': async () => args((await whole('parallel-tools', {tools})).choices[0].message),
  'parallel tools streamed': async () =>
    args((await helper('parallel-tools', {tools}).finalChatCompletion()).choices[0].message),
  n: async () => (await whole('n2', {n: 2})).choices.map(choice => choice.message.content),
  'n streamed': async () => (await streamed('n2', {n: 2})).texts,
  logprobs: async () => (await whole('logprobs', {logprobs: true})).choices[0].logprobs.content[0].logprob,
  'logprobs streamed': async () => {
    for await (const chunk of await completions.create({model: 'logprobs', messages, stream: true, logprobs: true}))
      return chunk.choices[0].logprobs.content[0].logprob;
  },
  headers: async () => {
    const {data, response} = await whole('plain').withResponse();
    return [response.headers.get('x-coolhead-turn-id').length, response.headers.get('x-coolhead-mode'), data.id];
  },
  models: async () => (await client.models.list()).data.map(model => model.id),
  'error 400': () => whole('error-400'),
  'error 401': () => whole('error-401'),
  'error 429': () => whole('error-429'),
  'error 429 streamed': () => streamed('error-429'),
  'error 500 streamed': () => streamed('error-500'),
  'error event': () => streamed('error-event'),
  'broken stream': () => streamed('fault-no-finish'),
  'unusable upstream': () => whole('fault-close'),
  'leaving a stream': async () => {
    for await (const _ of await completions.create({model: 'endless', messages, stream: true})) break;
    await sleep(1000);
  },
  aborting: async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 200);
    await completions.create({model: 'hang', messages}, {signal: controller.signal});
  },
});
