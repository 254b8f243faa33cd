//! The statement that stores a batch, and what its kinds add to it. Columns and their order stand here once; `bind_rows` in
//! `decisions` binds them.

/// The keys go in first; the rows follow for those that were first. `given`: tables before that, and what they admit.
/// `with`: one more column, and the array that it comes from.
macro_rules! store_batch {
    ($(given $earlier:literal admits $admitted:literal)? $(with $column:literal from $array:literal)?) => {
        concat!(
            "WITH ",
            $($earlier,)?
            "first AS (\n",
            "    INSERT INTO decision_key (tenant_id, service_id, hook_instance, decision_id, received_month, request_hash)\n",
            "    SELECT k.tenant_id, k.service_id, k.hook_instance, k.decision_id, k.received_month, k.request_hash\n",
            "      FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::date[], $6::bytea[])\n",
            "           AS k (tenant_id, service_id, hook_instance, decision_id, received_month, request_hash)\n",
            $("     WHERE ", $admitted, "\n",)?
            "    ON CONFLICT (tenant_id, service_id, hook_instance) DO NOTHING\n",
            "    RETURNING decision_id\n",
            ")\n",
            "INSERT INTO decision (tenant_id, service_id, hook_instance, decision_id, received_month, request_hash,\n",
            "                      client_at, received_at, hook, category, next_step, pseudonym_key, patient_ref, user_ref,\n",
            "                      rules_digest, record_hash, content, card_ids, packing",
            $(", ", $column,)?
            ")\n",
            "SELECT g.tenant_id, g.service_id, g.hook_instance, g.decision_id, g.received_month, g.request_hash,\n",
            "       g.client_at, g.received_at, g.hook, g.category, g.next_step, g.pseudonym_key, g.patient_ref, g.user_ref,\n",
            "       g.rules_digest, g.record_hash, g.content, ($20::uuid[])[g.card_first:g.card_last], $21::int2",
            $(", g.", $column,)?
            "\n",
            "  FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::date[], $6::bytea[],\n",
            "              $7::timestamptz[], $8::timestamptz[], $9::text[], $10::text[], $11::text[], $12::bytea[],\n",
            "              $13::bytea[], $14::bytea[], $15::bytea[], $16::bytea[], $17::bytea[],\n",
            "              $18::int4[], $19::int4[]",
            $(", ", $array,)?
            ")\n",
            "       AS g (tenant_id, service_id, hook_instance, decision_id, received_month, request_hash,\n",
            "             client_at, received_at, hook, category, next_step, pseudonym_key, patient_ref, user_ref,\n",
            "             rules_digest, record_hash, content, card_first, card_last",
            $(", ", $column,)?
            ")\n",
            " WHERE g.decision_id IN (SELECT decision_id FROM first)",
        )
    };
}

pub(super) use store_batch;
