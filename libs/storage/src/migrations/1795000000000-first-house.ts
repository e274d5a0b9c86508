import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who may call, the comparisons with everything that came of them, their logs, and what the models are. */
export class FirstHouse1795000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE workspace (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE api_key (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
        name text NOT NULL,
        role text NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
        hash bytea NOT NULL UNIQUE,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE session (
        hash bytea PRIMARY KEY,
        api_key_id uuid NOT NULL REFERENCES api_key ON DELETE CASCADE,
        expires_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);

    await runner.query(`
      CREATE TABLE comparison (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
        created_by uuid NOT NULL,
        status text NOT NULL CHECK (status IN ('queued', 'answering', 'assessing', 'completed', 'failed', 'cancelled')),
        question jsonb NOT NULL,
        panel jsonb NOT NULL,
        assessment jsonb NOT NULL,
        policy jsonb NOT NULL,
        metadata jsonb NOT NULL,
        conversation_id uuid,
        max_cost_nanos bigint,
        idempotency_key text,
        request_hash bytea NOT NULL,
        deadline_at timestamptz NOT NULL,
        grace_until timestamptz,
        wait_for_all boolean NOT NULL DEFAULT false,
        finish_requested boolean NOT NULL DEFAULT false,
        answering_ended_at timestamptz,
        assessment_version int NOT NULL DEFAULT 0,
        summary jsonb,
        ranking jsonb,
        synthesis jsonb,
        degraded_reasons jsonb NOT NULL DEFAULT '[]',
        created_at timestamptz NOT NULL,
        started_at timestamptz,
        finished_at timestamptz
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX comparison_idempotency ON comparison (workspace_id, idempotency_key) WHERE idempotency_key IS NOT NULL`,
    );
    await runner.query(`CREATE INDEX comparison_newest ON comparison (workspace_id, id DESC)`);
    await runner.query(
      `CREATE INDEX comparison_open ON comparison (deadline_at) WHERE status IN ('queued', 'answering', 'assessing')`,
    );

    await runner.query(`
      CREATE TABLE answer (
        id uuid PRIMARY KEY,
        comparison_id uuid NOT NULL REFERENCES comparison ON DELETE CASCADE,
        slot int NOT NULL,
        model text NOT NULL,
        status text NOT NULL CHECK (status IN ('queued', 'streaming', 'completed', 'failed', 'cancelled', 'expired')),
        late boolean NOT NULL DEFAULT false,
        served_by text,
        text text NOT NULL DEFAULT '',
        finish_reason text,
        usage jsonb,
        timing jsonb,
        provider jsonb,
        error jsonb,
        summary jsonb,
        attempt int NOT NULL DEFAULT 0,
        model_index int NOT NULL DEFAULT 0,
        model_tries int NOT NULL DEFAULT 0,
        not_before timestamptz,
        lease_owner uuid,
        lease_until timestamptz,
        queued_at timestamptz NOT NULL,
        started_at timestamptz,
        finished_at timestamptz,
        UNIQUE (comparison_id, slot)
      ) WITH (fillfactor = 70)`);
    await runner.query(`CREATE INDEX answer_open ON answer (status, lease_until) WHERE status IN ('queued', 'streaming')`);

    await runner.query(`
      CREATE TABLE step (
        id uuid PRIMARY KEY,
        comparison_id uuid NOT NULL REFERENCES comparison ON DELETE CASCADE,
        version int NOT NULL,
        kind text NOT NULL CHECK (kind IN ('summarise', 'digest', 'rank', 'synthesise')),
        answer_id uuid REFERENCES answer ON DELETE CASCADE,
        status text NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
        attempt int NOT NULL DEFAULT 0,
        lease_owner uuid,
        lease_until timestamptz,
        error jsonb,
        created_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX step_once ON step (comparison_id, kind, version, coalesce(answer_id, '00000000-0000-0000-0000-000000000000'::uuid))`,
    );
    await runner.query(`CREATE INDEX step_open ON step (status, lease_until) WHERE status IN ('queued', 'running')`);

    await runner.query(`
      CREATE TABLE assessment (
        comparison_id uuid NOT NULL REFERENCES comparison ON DELETE CASCADE,
        version int NOT NULL,
        spec jsonb NOT NULL,
        answers jsonb NOT NULL,
        status text NOT NULL CHECK (status IN ('running', 'completed', 'cancelled')),
        summary jsonb,
        ranking jsonb,
        synthesis jsonb,
        failures jsonb NOT NULL DEFAULT '[]',
        created_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz,
        PRIMARY KEY (comparison_id, version)
      )`);

    await runner.query(`
      CREATE TABLE model_call (
        id uuid PRIMARY KEY,
        comparison_id uuid NOT NULL REFERENCES comparison ON DELETE CASCADE,
        answer_id uuid REFERENCES answer ON DELETE CASCADE,
        step_id uuid REFERENCES step ON DELETE CASCADE,
        purpose text NOT NULL CHECK (purpose IN ('answer', 'summary', 'digest', 'ballot', 'synthesis')),
        attempt int NOT NULL,
        model text NOT NULL,
        status text NOT NULL CHECK (status IN ('running', 'completed', 'failed', 'cancelled', 'expired', 'lost')),
        error jsonb,
        usage jsonb,
        text text,
        cost_nanos bigint,
        cost_basis text NOT NULL DEFAULT 'unknown' CHECK (cost_basis IN ('exact', 'estimated', 'unknown')),
        started_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz
      )`);
    await runner.query(`CREATE UNIQUE INDEX model_call_attempt ON model_call (answer_id, attempt) WHERE purpose = 'answer'`);
    await runner.query(`CREATE INDEX model_call_of ON model_call (comparison_id)`);

    await runner.query(`
      CREATE TABLE judge_record (
        workspace_id uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
        model text NOT NULL,
        agree int NOT NULL DEFAULT 0,
        total int NOT NULL DEFAULT 0,
        PRIMARY KEY (workspace_id, model)
      )`);

    await runner.query(`
      CREATE TABLE provider_state (
        id text PRIMARY KEY,
        simulated boolean NOT NULL,
        discovered_at timestamptz,
        attempted_at timestamptz,
        error jsonb
      )`);
    await runner.query(`
      CREATE TABLE model (
        id text PRIMARY KEY,
        provider text NOT NULL REFERENCES provider_state ON DELETE CASCADE,
        name text NOT NULL,
        context_window int,
        max_output_tokens int,
        prices jsonb,
        capabilities jsonb NOT NULL
      )`);
    await runner.query(`CREATE INDEX model_of ON model (provider)`);

    await runner.query(`CREATE TABLE heartbeat (name text PRIMARY KEY, at timestamptz NOT NULL)`);
    await this.eventLog(runner);
  }

  /**
   * The log: one counter row per comparison, which is also the comparison's mutex, and the events.
   * `polyphony_append` is the only writer. It locks the counters in id order, so that batches of several processes
   * never deadlock and commit order is seq order, and only then looks at the answers: an event that names an attempt
   * which is no longer the streaming one is refused.
   * `event` has no foreign key: the check for each row would cost more than the insert; deleting a comparison deletes its log.
   */
  private async eventLog(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE comparison_log (
        comparison_id uuid PRIMARY KEY REFERENCES comparison ON DELETE CASCADE,
        last_seq int NOT NULL DEFAULT 0,
        first_seq int NOT NULL DEFAULT 1,
        trim_after timestamptz
      ) WITH (fillfactor = 50)`);
    await runner.query(`CREATE INDEX comparison_log_trim ON comparison_log (trim_after) WHERE trim_after IS NOT NULL`);
    await runner.query(`
      CREATE TABLE event (
        comparison_id uuid NOT NULL,
        seq int NOT NULL,
        at timestamptz(3) NOT NULL,
        type text NOT NULL,
        body json NOT NULL,
        PRIMARY KEY (comparison_id, seq)
      ) WITH (autovacuum_vacuum_insert_scale_factor = 0.5)`);
    await runner.query(`
      CREATE FUNCTION polyphony_append(
        comparisons uuid[], types text[], bodies text[], fence_answers uuid[], fence_attempts int[], channel text
      ) RETURNS int[] LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
      DECLARE
        refused int[] := '{}';
        v_seq int;
      BEGIN
        -- A change of state tells a few things of one comparison: simple statements do that in half the time.
        IF cardinality(comparisons) <= 4 AND comparisons[1] = ALL (comparisons) THEN
          SELECT l.last_seq INTO v_seq FROM comparison_log l WHERE l.comparison_id = comparisons[1] FOR UPDATE;
          FOR i IN 1 .. cardinality(comparisons) LOOP
            IF v_seq IS NULL OR (fence_answers[i] IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.id = fence_answers[i] AND a.attempt = fence_attempts[i] AND a.status = 'streaming')
              AND NOT EXISTS (SELECT 1 FROM step s WHERE s.id = fence_answers[i] AND s.attempt = fence_attempts[i] AND s.status = 'running'))
            THEN
              refused := refused || i;
              CONTINUE;
            END IF;
            v_seq := v_seq + 1;
            INSERT INTO event (comparison_id, seq, at, type, body)
            VALUES (comparisons[1], v_seq, clock_timestamp(), types[i], bodies[i]::json);
          END LOOP;
          UPDATE comparison_log l SET last_seq = v_seq WHERE l.comparison_id = comparisons[1] AND l.last_seq < v_seq;
          IF channel IS NOT NULL THEN PERFORM pg_notify(channel, comparisons[1]::text); END IF;
          RETURN refused;
        END IF;

        PERFORM 1 FROM comparison_log l WHERE l.comparison_id = ANY (comparisons) ORDER BY l.comparison_id FOR UPDATE;

        WITH incoming AS (
          SELECT t.place::int AS place, t.comparison_id, t.type, t.body, t.fence_answer, t.fence_attempt
          FROM unnest(comparisons, types, bodies, fence_answers, fence_attempts)
            WITH ORDINALITY AS t (comparison_id, type, body, fence_answer, fence_attempt, place)
        ), allowed AS (
          SELECT i.*, row_number() OVER (PARTITION BY i.comparison_id ORDER BY i.place) AS nth
          FROM incoming i JOIN comparison_log l USING (comparison_id)
          WHERE i.fence_answer IS NULL OR EXISTS (
            SELECT 1 FROM answer a
            WHERE a.id = i.fence_answer AND a.attempt = i.fence_attempt AND a.status = 'streaming')
          OR EXISTS (
            SELECT 1 FROM step s
            WHERE s.id = i.fence_answer AND s.attempt = i.fence_attempt AND s.status = 'running')
        ), inserted AS (
          INSERT INTO event (comparison_id, seq, at, type, body)
          SELECT a.comparison_id, l.last_seq + a.nth, clock_timestamp(), a.type, a.body::json
          FROM allowed a JOIN comparison_log l USING (comparison_id)
          RETURNING comparison_id
        ), advanced AS (
          UPDATE comparison_log l SET last_seq = l.last_seq + n.count
          FROM (SELECT comparison_id, count(*)::int AS count FROM allowed GROUP BY comparison_id) n
          WHERE l.comparison_id = n.comparison_id
        )
        SELECT coalesce(array_agg(i.place), '{}') INTO refused
        FROM incoming i WHERE NOT EXISTS (SELECT 1 FROM allowed a WHERE a.place = i.place);

        IF channel IS NOT NULL THEN
          PERFORM pg_notify(channel, string_agg(id::text, ','))
          FROM (
            SELECT id, (row_number() OVER (ORDER BY id) - 1) / 200 AS page
            FROM (SELECT DISTINCT unnest(comparisons) AS id) ids
          ) pages GROUP BY page;
        END IF;
        RETURN refused;
      END $$`);
  }

  async down(): Promise<void> {
    throw new Error('This migration made the first tables: to go back, drop the database.');
  }
}
