// Runs named cases one after the other and prints what each gave, or how it failed, as one JSON object.
export const QUESTION = 'What is the boiling point of water?';
export const base = process.argv[2];

export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

function failure(error) {
  const headers = error.headers ?? error.responseHeaders ?? {};
  const header = name => (typeof headers.get === 'function' ? headers.get(name) : headers[name]) ?? null;
  return {
    kind: error.name === 'Error' ? error.constructor.name : error.name,
    status: error.status ?? error.statusCode ?? null,
    code: error.code ?? error.data?.error?.code ?? null,
    retryAfter: header('retry-after'),
    requestId: error.requestID ?? header('x-request-id'),
    message: String(error.message).slice(0, 300),
  };
}

export async function run(cases) {
  const results = {};
  for (const [name, play] of Object.entries(cases)) {
    try {
      results[name] = {value: await play()};
    } catch (error) {
      results[name] = {error: failure(error)};
    }
  }
  console.log(JSON.stringify(results));
  process.exit(0);
}
