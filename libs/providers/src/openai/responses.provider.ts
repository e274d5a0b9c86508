import { parseModelId } from '@polyphony/contracts';
import type { ResponseCreateParamsStreaming, ResponseStreamEvent } from 'openai/resources/responses/responses';
import type { Opened } from '../dialect.js';
import type { CallRequest, DiscoveredModel } from '../provider.port.js';
import { answersInText, isReasoningFamily } from './openai-model-list.js';
import { OpenAiSdkProvider } from './openai.provider.js';
import { ResponsesDecoder } from './responses.decoder.js';

/** OpenAI's Responses API. Nothing is stored at OpenAI (`store: false`). */
export class ResponsesProvider extends OpenAiSdkProvider<ResponseStreamEvent> {
  async open(request: CallRequest, signal: AbortSignal): Promise<Opened<ResponseStreamEvent>> {
    const { client } = await this.ready();
    const { data, response } = await client.responses.create(responsesBody(request), { signal }).withResponse();
    return { events: data, response };
  }

  decoder(): ResponsesDecoder {
    return new ResponsesDecoder();
  }

  protected suits({ id }: { id: string }): boolean {
    return answersInText(id);
  }

  protected override async discover(signal: AbortSignal): Promise<DiscoveredModel[]> {
    const models = await super.discover(signal);
    for (const { id, capabilities } of models) {
      const reasons = isReasoningFamily(parseModelId(id).model);
      capabilities.temperature ??= reasons ? false : null;
      capabilities.reasoningEffort ??= reasons ? true : null;
    }
    return models;
  }
}

/** The body of `POST /responses` for a call. Reasoning models refuse sampling parameters, older ones refuse an effort. */
export function responsesBody(request: CallRequest): ResponseCreateParamsStreaming {
  const { model } = parseModelId(request.model);
  const { temperature, reasoningEffort, json } = request;
  return {
    model,
    input: request.messages.map(({ role, content }) => ({ role, content })),
    max_output_tokens: request.maxOutputTokens,
    store: false,
    stream: true,
    ...(request.system && { instructions: request.system }),
    ...(temperature !== undefined && !isReasoningFamily(model) && { temperature }),
    ...(reasoningEffort && !/^(gpt-[34]|chatgpt)/.test(model) && { reasoning: { effort: reasoningEffort } }),
    ...(json && { text: { format: { type: 'json_schema', name: json.name, schema: json.schema, strict: true } } }),
  };
}
