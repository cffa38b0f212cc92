-- The audit is append-only: whoever may only run statements can neither change nor remove what is there. It does not stop whoever may drop a trigger; a checkpoint
-- outside D1 does (src/governance/checkpoint.ts). drizzle-kit knows no triggers: `npm run db:renew` keeps this file, and a test fails without it.
-- "insert or replace" removes a row without firing a delete trigger: an insert over a row that exists is refused as well; in `audit` it is left out, because a
-- projection repeats its inserts.
CREATE TRIGGER `audit_refuses_update` BEFORE UPDATE ON `audit` BEGIN
	SELECT raise(abort, 'audit is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_refuses_delete` BEFORE DELETE ON `audit` BEGIN
	SELECT raise(abort, 'audit is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_refuses_replacing` BEFORE INSERT ON `audit` WHEN EXISTS (SELECT 1 FROM `audit` WHERE `run` = new.`run` AND `seq` = new.`seq`) BEGIN
	SELECT raise(ignore);
END;
--> statement-breakpoint
CREATE TRIGGER `halt_refuses_update` BEFORE UPDATE ON `halt` BEGIN
	SELECT raise(abort, 'halt is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `halt_refuses_delete` BEFORE DELETE ON `halt` BEGIN
	SELECT raise(abort, 'halt is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `halt_refuses_replacing` BEFORE INSERT ON `halt` WHEN EXISTS (SELECT 1 FROM `halt` WHERE `scope` = new.`scope` AND `at` = new.`at`) BEGIN
	SELECT raise(abort, 'halt is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_checkpoint_refuses_update` BEFORE UPDATE ON `audit_checkpoint` BEGIN
	SELECT raise(abort, 'audit_checkpoint is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_checkpoint_refuses_delete` BEFORE DELETE ON `audit_checkpoint` BEGIN
	SELECT raise(abort, 'audit_checkpoint is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_checkpoint_refuses_replacing` BEFORE INSERT ON `audit_checkpoint` WHEN EXISTS (SELECT 1 FROM `audit_checkpoint` WHERE `number` = new.`number`) BEGIN
	SELECT raise(abort, 'audit_checkpoint is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_export_refuses_update` BEFORE UPDATE ON `audit_export` BEGIN
	SELECT raise(abort, 'audit_export is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_export_refuses_delete` BEFORE DELETE ON `audit_export` BEGIN
	SELECT raise(abort, 'audit_export is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_export_refuses_replacing` BEFORE INSERT ON `audit_export` WHEN EXISTS (SELECT 1 FROM `audit_export` WHERE `id` = new.`id`) BEGIN
	SELECT raise(abort, 'audit_export is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `effect_check_refuses_update` BEFORE UPDATE ON `effect_check` BEGIN
	SELECT raise(abort, 'effect_check is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `effect_check_refuses_delete` BEFORE DELETE ON `effect_check` BEGIN
	SELECT raise(abort, 'effect_check is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `effect_check_refuses_replacing` BEFORE INSERT ON `effect_check` WHEN EXISTS (SELECT 1 FROM `effect_check` WHERE `run` = new.`run` AND `step` = new.`step`) BEGIN
	SELECT raise(abort, 'effect_check is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `role_grant_refuses_update` BEFORE UPDATE ON `role_grant` WHEN old.`revoked_at` IS NOT NULL OR new.`revoked_at` IS NULL OR new.`revoked_by` IS NULL OR new.`id` IS NOT old.`id` OR new.`principal` IS NOT old.`principal` OR new.`role` IS NOT old.`role` OR new.`workflow` IS NOT old.`workflow` OR new.`granted_at` IS NOT old.`granted_at` OR new.`granted_by` IS NOT old.`granted_by` BEGIN
	SELECT raise(abort, 'role_grant is append-only, but for its revocation');
END;
--> statement-breakpoint
CREATE TRIGGER `role_grant_refuses_delete` BEFORE DELETE ON `role_grant` BEGIN
	SELECT raise(abort, 'role_grant is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `role_grant_refuses_replacing` BEFORE INSERT ON `role_grant` WHEN EXISTS (SELECT 1 FROM `role_grant` WHERE `id` = new.`id` OR (`principal` = new.`principal` AND `role` = new.`role` AND `workflow` = new.`workflow` AND `revoked_at` IS NULL)) BEGIN
	SELECT raise(abort, 'role_grant is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `approval_comment_refuses_update` BEFORE UPDATE ON `approval_comment` BEGIN
	SELECT raise(abort, 'approval_comment is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `approval_comment_refuses_delete` BEFORE DELETE ON `approval_comment` WHEN NOT EXISTS (SELECT 1 FROM `run` WHERE `id` = old.`run` AND `erased_at` IS NOT NULL) BEGIN
	SELECT raise(abort, 'approval_comment is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `approval_comment_refuses_replacing` BEFORE INSERT ON `approval_comment` WHEN EXISTS (SELECT 1 FROM `approval_comment` WHERE `approval` = new.`approval` AND `at` = new.`at`) BEGIN
	SELECT raise(abort, 'approval_comment is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `contest_refuses_update` BEFORE UPDATE ON `contest` BEGIN
	SELECT raise(abort, 'contest is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `contest_refuses_delete` BEFORE DELETE ON `contest` BEGIN
	SELECT raise(abort, 'contest is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `contest_refuses_replacing` BEFORE INSERT ON `contest` WHEN EXISTS (SELECT 1 FROM `contest` WHERE `id` = new.`id`) BEGIN
	SELECT raise(abort, 'contest is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `contest_closing_refuses_update` BEFORE UPDATE ON `contest_closing` BEGIN
	SELECT raise(abort, 'contest_closing is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `contest_closing_refuses_delete` BEFORE DELETE ON `contest_closing` BEGIN
	SELECT raise(abort, 'contest_closing is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `contest_closing_refuses_replacing` BEFORE INSERT ON `contest_closing` WHEN EXISTS (SELECT 1 FROM `contest_closing` WHERE `contest` = new.`contest`) BEGIN
	SELECT raise(abort, 'contest_closing is append-only');
END;
