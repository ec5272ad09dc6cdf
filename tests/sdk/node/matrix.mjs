// openai-node and the Vercel AI SDK on one service. Usage: node matrix.mjs BASE_URL CASES, with cases {name: [model, text]}.
// Gives for each way and case [text, turn id, the coolhead object or null, whether the client lets it through].
import OpenAI from 'openai';
import {createOpenAICompatible} from '@ai-sdk/openai-compatible';
import {generateText, streamText} from 'ai';
import {base, run} from './cases.mjs';

const ID = 'x-coolhead-turn-id';
const client = new OpenAI({baseURL: base, apiKey: 'sk-test', maxRetries: 0, timeout: 30000});
const provider = createOpenAICompatible({name: 'coolhead', baseURL: base, apiKey: 'sk-test'});
const said = content => [{role: 'user', content}];

async function chatStream(model, text) {
  const {data, response} = await client.chat.completions
    .create({model, messages: said(text), stream: true}).withResponse();
  let whole = '';
  let shown = null;
  for await (const chunk of data) {
    whole += chunk.choices[0].delta.content ?? '';
    shown = chunk.coolhead ?? shown;
  }
  return [whole, response.headers.get(ID), shown, true];
}

async function chatHelper(model, text) {
  let id = null;
  let shown = null;
  const seeing = async (...request) => {
    const response = await fetch(...request);
    id = response.headers.get(ID);
    return response;
  };
  const stream = client.withOptions({fetch: seeing}).chat.completions.stream({model, messages: said(text)});
  stream.on('chunk', chunk => { shown = chunk.coolhead ?? shown; });
  const final = await stream.finalChatCompletion();
  return [final.choices[0].message.content, id, shown, true];
}

async function responsesStream(model, input) {
  const {data, response} = await client.responses.create({model, input, stream: true}).withResponse();
  let whole = '';
  let shown = null;
  for await (const event of data) {
    if (event.type === 'response.output_text.delta') whole += event.delta;
    if (event.type === 'response.completed') shown = event.response.coolhead ?? null;
  }
  return [whole, response.headers.get(ID), shown, true];
}

async function completionsStream(model, prompt) {
  const {data, response} = await client.completions.create({model, prompt, stream: true}).withResponse();
  let whole = '';
  let shown = null;
  for await (const chunk of data) {
    whole += chunk.choices[0].text;
    shown = chunk.coolhead ?? shown;
  }
  return [whole, response.headers.get(ID), shown, true];
}

async function aiStream(model, prompt) {
  let whole = '';
  let shown = null;
  const result = streamText({model: provider(model), prompt, maxRetries: 0, include: {rawChunks: true}});
  for await (const part of result.fullStream) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'text-delta') whole += part.text;
    if (part.type === 'raw') shown = part.rawValue.coolhead ?? shown;
  }
  return [whole, (await result.response).headers[ID], shown, true];
}

const ways = {
  'openai chat': async (model, text) => {
    const {data, response} = await client.chat.completions.create({model, messages: said(text)}).withResponse();
    return [data.choices[0].message.content, response.headers.get(ID), data.coolhead ?? null, true];
  },
  'openai chat stream': chatStream,
  'openai chat helper': chatHelper,
  'openai responses': async (model, input) => {
    const {data, response} = await client.responses.create({model, input}).withResponse();
    return [data.output_text, response.headers.get(ID), data.coolhead ?? null, true];
  },
  'openai responses stream': responsesStream,
  'openai completions': async (model, prompt) => {
    const {data, response} = await client.completions.create({model, prompt}).withResponse();
    return [data.choices[0].text, response.headers.get(ID), data.coolhead ?? null, true];
  },
  'openai completions stream': completionsStream,
  'ai sdk': async (model, prompt) => {
    const {text, response} = await generateText({
      model: provider(model), prompt, maxRetries: 0, include: {responseBody: true},
    });
    return [text, response.headers[ID], response.body?.coolhead ?? null, true];
  },
  'ai sdk stream': aiStream,
};

const cases = {};
for (const [way, ask] of Object.entries(ways))
  for (const [name, [model, text]] of Object.entries(JSON.parse(process.argv[3])))
    cases[`${way} / ${name}`] = () => ask(model, text);
await run(cases);
