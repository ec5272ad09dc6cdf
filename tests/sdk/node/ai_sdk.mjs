// The Vercel AI SDK with its OpenAI-compatible provider. Usage: node ai_sdk.mjs BASE_URL
import {createOpenAICompatible} from '@ai-sdk/openai-compatible';
import {generateText, streamText, tool} from 'ai';
import {z} from 'zod';
import {base, run, sleep, QUESTION as prompt} from './cases.mjs';

const provider = createOpenAICompatible({name: 'coolhead', baseURL: base, apiKey: 'sk-test', includeUsage: true});
const common = model => ({model: provider(model), prompt, maxRetries: 0});
const inputSchema = z.object({city: z.string()});
const tools = {weather: tool({description: 'The weather of a city.', inputSchema})};

const whole = (model, more = {}) => generateText({...common(model), ...more});

async function streamed(model, more = {}) {
  let failure;
  const result = streamText({...common(model), onError: ({error}) => { failure = error; }, ...more});
  let text = '';
  for await (const piece of result.textStream) text += piece;
  if (failure) throw failure;
  return {text, finish: await result.finishReason, tokens: (await result.usage).totalTokens, result};
}

const shown = async pending => {
  const {text, finish, tokens} = await pending;
  return [text, finish, tokens];
};
const inputs = calls => calls.map(call => call.input);

await run({
  whole: async () => {
    const answer = await whole('plain');
    return [answer.text, answer.finishReason, answer.usage.totalTokens];
  },
  streamed: () => shown(streamed('plain')),
  'streamed gzip': () => shown(streamed('gzip')),
  'streamed br': () => shown(streamed('br')),
  'streamed comments': () => shown(streamed('sse-comments')),
  'streamed crlf': () => shown(streamed('sse-crlf')),
  'streamed bytewise': () => shown(streamed('sse-split-1')),
  tools: async () => inputs((await whole('tools', {tools})).toolCalls),
  'parallel tools': async () => inputs((await whole('parallel-tools', {tools})).toolCalls),
  'parallel tools streamed': async () => inputs(await (await streamed('parallel-tools', {tools})).result.toolCalls),
  headers: async () => {
    const {response} = await whole('plain');
    return [response.headers['x-coolhead-turn-id'].length, response.headers['x-coolhead-mode'], response.id];
  },
  'headers of a stream': async () => {
    const {result} = await streamed('plain');
    return (await result.response).headers['x-coolhead-turn-id'].length;
  },
  'error 400': () => whole('error-400'),
  'error 401': () => whole('error-401'),
  'error 429': () => whole('error-429'),
  'error 429 streamed': () => shown(streamed('error-429')),
  'error 500 streamed': () => shown(streamed('error-500')),
  'error event': () => shown(streamed('error-event')),
  'broken stream': () => shown(streamed('fault-no-finish')),
  'unusable upstream': () => whole('fault-close'),
  'leaving a stream': async () => {
    const controller = new AbortController();
    const result = streamText({...common('endless'), abortSignal: controller.signal, onError: () => {}});
    for await (const _ of result.textStream) { controller.abort(); break; }
    await sleep(1000);
  },
  aborting: async () => {
    await whole('hang', {abortSignal: AbortSignal.timeout(200)});
  },
});
