import { parseModelId } from '@polyphony/contracts';
import type { ChatCompletionChunk, ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { readErrorBody } from '../classify.js';
import type { Opened } from '../dialect.js';
import type { CallRequest } from '../provider.port.js';
import { ChatConcessions, type Concession } from './chat-concessions.js';
import { ChatDecoder } from './chat.decoder.js';
import { OpenAiSdkProvider } from './openai.provider.js';

/** Any server that speaks OpenAI's Chat Completions: DeepSeek, OpenRouter, Ollama, vLLM, LM Studio, Azure … */
export class ChatProvider extends OpenAiSdkProvider<ChatCompletionChunk> {
  private readonly concessions = new ChatConcessions();

  async open(request: CallRequest, signal: AbortSignal): Promise<Opened<ChatCompletionChunk>> {
    const { client } = await this.ready();
    const { model } = parseModelId(request.model);
    const made = new Set(this.concessions.for(model));
    for (;;) {
      try {
        const { data, response } = await client.chat.completions.create(chatBody(request, made), { signal }).withResponse();
        this.concessions.remember(model, made);
        return { events: data, response };
      } catch (error) {
        const concession = this.concessionAfter(error, request, made);
        if (concession === null) throw error;
        made.add(concession);
      }
    }
  }

  decoder(): ChatDecoder {
    return new ChatDecoder();
  }

  protected suits(): boolean {
    return true;
  }

  private concessionAfter(error: unknown, request: CallRequest, made: ReadonlySet<Concession>): Concession | null {
    const { sdk } = this;
    if (!sdk || !(error instanceof sdk.APIError) || (error.status !== 400 && error.status !== 422)) return null;
    const explained = readErrorBody(error.error, error.status, null) !== null;
    const concession = ChatConcessions.after(explained ? JSON.stringify(error.error) : '', made);
    return concession === 'noSchema' && !request.json ? null : concession;
  }
}

/** The body of `POST /chat/completions` for a call, with the concessions its server needs. */
export function chatBody(request: CallRequest, made: ReadonlySet<Concession>): ChatCompletionCreateParamsStreaming {
  const { system, temperature, reasoningEffort, json, maxOutputTokens } = request;
  return {
    model: parseModelId(request.model).model,
    messages: [
      ...(system ? [{ role: 'system' as const, content: system }] : []),
      ...request.messages.map(({ role, content }) => ({ role, content })),
    ],
    stream: true,
    ...(made.has('newLimitName') ? { max_completion_tokens: maxOutputTokens } : { max_tokens: maxOutputTokens }),
    ...(!made.has('noUsage') && { stream_options: { include_usage: true } }),
    ...(temperature !== undefined && { temperature }),
    ...(reasoningEffort && { reasoning_effort: reasoningEffort }),
    ...(json && {
      response_format: made.has('noSchema')
        ? { type: 'json_object' as const }
        : { type: 'json_schema' as const, json_schema: { name: json.name, schema: json.schema, strict: true } },
    }),
  };
}
