import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The two moves every answer makes, each as one round trip. Done statement by statement from a worker they hold the
 * comparison's mutex over ten round trips, and its other answers wait; measured, that was most of the time of a short
 * comparison. What these functions decide is only whether the move may happen; what follows from it is decided outside.
 */
export class AnswerMoves1795000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION polyphony_claim_answer(p_answer uuid, p_owner uuid, p_lease_ms int, p_call uuid, p_channel text)
      RETURNS jsonb LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
      DECLARE
        v_comparison uuid;
        c comparison;
        a answer;
        v_model text;
        v_started jsonb;
      BEGIN
        SELECT comparison_id INTO v_comparison FROM answer WHERE id = p_answer;
        PERFORM 1 FROM comparison_log WHERE comparison_id = v_comparison FOR UPDATE;
        SELECT * INTO c FROM comparison WHERE id = v_comparison AND deadline_at > clock_timestamp();
        IF NOT FOUND THEN RETURN NULL; END IF;

        UPDATE answer SET status = 'streaming', attempt = attempt + 1, started_at = coalesce(started_at, clock_timestamp()),
          lease_owner = p_owner, lease_until = clock_timestamp() + p_lease_ms * interval '1 millisecond'
        WHERE id = p_answer AND status = 'queued'
          AND (not_before IS NULL OR not_before <= clock_timestamp() + interval '50 milliseconds')
        RETURNING * INTO a;
        IF NOT FOUND THEN RETURN NULL; END IF;

        v_model := CASE a.model_index WHEN 0 THEN a.model ELSE c.panel->a.slot->'fallbacks'->>(a.model_index - 1) END;
        INSERT INTO model_call (id, comparison_id, answer_id, purpose, attempt, model, status)
        VALUES (p_call, c.id, a.id, 'answer', a.attempt, v_model, 'running');

        v_started := jsonb_build_object('answerId', a.id, 'slot', a.slot, 'attempt', a.attempt, 'model', v_model);
        IF c.status = 'queued' THEN
          UPDATE comparison SET status = 'answering', started_at = clock_timestamp() WHERE id = c.id;
          PERFORM polyphony_append(ARRAY[c.id, c.id], ARRAY['comparison.status', 'answer.started'],
            ARRAY['{"status":"answering"}', v_started::text], ARRAY[NULL, NULL]::uuid[], ARRAY[NULL, NULL]::int[], p_channel);
        ELSE
          PERFORM polyphony_append(ARRAY[c.id], ARRAY['answer.started'], ARRAY[v_started::text],
            ARRAY[NULL]::uuid[], ARRAY[NULL]::int[], p_channel);
        END IF;
        RETURN jsonb_build_object('comparisonId', c.id, 'attempt', a.attempt, 'model', v_model, 'question', c.question,
          'slot', c.panel->a.slot, 'modelIndex', a.model_index, 'modelTries', a.model_tries);
      END $$`);

    await runner.query(`
      CREATE FUNCTION polyphony_complete_answer(
        p_answer uuid, p_attempt int, p_served_by text, p_text text, p_rest text, p_finish_reason text, p_usage jsonb, p_provider jsonb,
        p_ttft_ms int, p_tokens_per_second real, p_cost_nanos bigint, p_cost_basis text, p_cost_usd text, p_step uuid, p_channel text)
      RETURNS jsonb LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
      DECLARE
        v_comparison uuid;
        c comparison;
        a answer;
        v_timing jsonb;
        v_step boolean := false;
        v_types text[] := ARRAY['answer.completed'];
        v_bodies text[];
      BEGIN
        SELECT comparison_id INTO v_comparison FROM answer WHERE id = p_answer;
        PERFORM 1 FROM comparison_log WHERE comparison_id = v_comparison FOR UPDATE;
        SELECT * INTO a FROM answer WHERE id = p_answer AND attempt = p_attempt AND status = 'streaming';
        IF NOT FOUND THEN RETURN NULL; END IF;
        SELECT * INTO c FROM comparison WHERE id = v_comparison;

        v_timing := jsonb_build_object(
          'queuedMs', (extract(epoch FROM a.started_at - a.queued_at) * 1000)::int,
          'timeToFirstTokenMs', p_ttft_ms,
          'totalMs', (extract(epoch FROM clock_timestamp() - a.queued_at) * 1000)::int,
          'tokensPerSecond', round(p_tokens_per_second::numeric, 1));
        UPDATE answer SET status = 'completed', late = c.answering_ended_at IS NOT NULL, served_by = p_served_by, text = p_text,
          finish_reason = p_finish_reason, usage = p_usage, provider = p_provider, timing = v_timing, error = NULL,
          finished_at = clock_timestamp(), lease_owner = NULL, lease_until = NULL
        WHERE id = p_answer;
        UPDATE model_call SET status = 'completed', usage = p_usage, cost_nanos = p_cost_nanos, cost_basis = p_cost_basis,
          finished_at = clock_timestamp()
        WHERE answer_id = p_answer AND attempt = p_attempt AND purpose = 'answer';
        IF (c.assessment->>'summary')::boolean THEN
          INSERT INTO step (id, comparison_id, kind, version, answer_id, status)
          VALUES (p_step, c.id, 'summarise', p_attempt, p_answer, 'queued') ON CONFLICT DO NOTHING;
          v_step := FOUND;
        END IF;

        v_bodies := ARRAY[jsonb_build_object('answerId', a.id, 'attempt', p_attempt, 'finishReason', p_finish_reason, 'usage', p_usage,
          'cost', jsonb_build_object('usd', p_cost_usd, 'basis', p_cost_basis), 'timing', v_timing)::text];
        IF p_rest <> '' THEN
          v_types := ARRAY['answer.delta'] || v_types;
          v_bodies := ARRAY[json_build_object('answerId', a.id, 'attempt', p_attempt, 'text', p_rest)::text] || v_bodies;
        END IF;
        PERFORM polyphony_append(array_fill(c.id, ARRAY[cardinality(v_types)]), v_types, v_bodies,
          array_fill(NULL::uuid, ARRAY[cardinality(v_types)]), array_fill(NULL::int, ARRAY[cardinality(v_types)]), p_channel);
        RETURN jsonb_build_object('comparisonId', c.id, 'stepAdded', v_step, 'nothingElseDue',
          c.status IN ('queued', 'answering') AND NOT c.finish_requested AND NOT (c.policy ? 'minAnswers')
          AND EXISTS (SELECT 1 FROM answer o WHERE o.comparison_id = c.id AND o.status IN ('queued', 'streaming')));
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION polyphony_claim_answer; DROP FUNCTION polyphony_complete_answer`);
  }
}
