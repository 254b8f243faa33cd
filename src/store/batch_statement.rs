//! The statement that stores a batch, and what its kinds add to it. Columns and their order stand here once; `bind_rows` in
//! `decisions` binds them.
//!
//! `unnest` stands among the columns and not behind FROM, where PostgreSQL would first copy each array into a store of its own.
//! Who was first comes as an array, which needs no hash table and keeps the order of the rows.

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
            "      FROM (SELECT unnest($1::text[]) AS tenant_id, unnest($2::text[]) AS service_id,\n",
            "                   unnest($3::text[]) AS hook_instance, unnest($4::uuid[]) AS decision_id,\n",
            "                   unnest($5::date[]) AS received_month, unnest($6::bytea[]) AS request_hash) AS k\n",
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
            "  FROM (SELECT unnest($1::text[]) AS tenant_id, unnest($2::text[]) AS service_id,\n",
            "               unnest($3::text[]) AS hook_instance, unnest($4::uuid[]) AS decision_id,\n",
            "               unnest($5::date[]) AS received_month, unnest($6::bytea[]) AS request_hash,\n",
            "               unnest($7::timestamptz[]) AS client_at, unnest($8::timestamptz[]) AS received_at,\n",
            "               unnest($9::text[]) AS hook, unnest($10::text[]) AS category, unnest($11::text[]) AS next_step,\n",
            "               unnest($12::bytea[]) AS pseudonym_key, unnest($13::bytea[]) AS patient_ref,\n",
            "               unnest($14::bytea[]) AS user_ref, unnest($15::bytea[]) AS rules_digest,\n",
            "               unnest($16::bytea[]) AS record_hash, unnest($17::bytea[]) AS content,\n",
            "               unnest($18::int4[]) AS card_first, unnest($19::int4[]) AS card_last",
            $(", unnest(", $array, ") AS ", $column,)?
            ") AS g\n",
            " WHERE g.decision_id = ANY (ARRAY(SELECT decision_id FROM first))",
        )
    };
}

pub(super) use store_batch;
