-- Runs before the migrations, each time. Roles belong to the whole cluster, so they may be there already, or be made at
-- this moment for another database. None of them can sign in: a connection of Grille takes one by its startup option
-- `role`, and the login that it signs in with must be a member.
--
--   grille_app    writes; never changes or deletes what the log holds
--   grille_desk   reads what screens show; cannot see the vault
--   grille_vault  reads the vault: sealed values, the search index, tokens
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['grille_app', 'grille_desk', 'grille_vault'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = name) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', name);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
        BEGIN
            IF NOT pg_has_role(session_user, name, 'MEMBER') THEN
                EXECUTE format('GRANT %I TO %I', name, session_user);
            END IF;
        EXCEPTION WHEN unique_violation THEN
            NULL;
        END;
    END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE insufficient_privilege USING
        MESSAGE = format('%I may not make the roles of Grille', session_user),
        HINT = format('whoever may is to run: CREATE ROLE grille_app NOLOGIN; CREATE ROLE grille_desk NOLOGIN; '
            'CREATE ROLE grille_vault NOLOGIN; GRANT grille_app, grille_desk, grille_vault TO %I;', session_user);
END $$;
