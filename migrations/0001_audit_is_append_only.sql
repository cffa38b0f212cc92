-- The audit is append-only: whoever may only run statements can neither change nor remove what is there. It does not stop whoever may drop a trigger; a checkpoint
-- outside D1 does (src/governance/checkpoint.ts). drizzle-kit knows no triggers: `npm run db:renew` keeps this file, and a test fails without it.
-- "insert or replace" removes a row without firing a delete trigger: an insert over a row that exists is refused as well; in `audit` and `provider_card`
-- it is left out, because a projection and a seed repeat their inserts.
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
CREATE TRIGGER `provider_card_refuses_update` BEFORE UPDATE ON `provider_card` BEGIN
	SELECT raise(abort, 'provider_card is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `provider_card_refuses_delete` BEFORE DELETE ON `provider_card` BEGIN
	SELECT raise(abort, 'provider_card is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `provider_card_refuses_replacing` BEFORE INSERT ON `provider_card` WHEN EXISTS (SELECT 1 FROM `provider_card` WHERE `provider` = new.`provider` AND `host` = new.`host` AND `recorded_at` = new.`recorded_at`) BEGIN
	SELECT raise(ignore);
END;
--> statement-breakpoint
CREATE TRIGGER `data_flow_approval_refuses_update` BEFORE UPDATE ON `data_flow_approval` BEGIN
	SELECT raise(abort, 'data_flow_approval is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `data_flow_approval_refuses_delete` BEFORE DELETE ON `data_flow_approval` BEGIN
	SELECT raise(abort, 'data_flow_approval is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `data_flow_approval_refuses_replacing` BEFORE INSERT ON `data_flow_approval` WHEN EXISTS (SELECT 1 FROM `data_flow_approval` WHERE `workflow` = new.`workflow` AND `at` = new.`at`) BEGIN
	SELECT raise(abort, 'data_flow_approval is append-only');
END;
--> statement-breakpoint
-- A governance spec: draft -> submitted -> approved -> retired, or submitted -> rejected. Whoever may only run statements cannot skip a stage, approve their own
-- text, approve another text than the one that is there, or change what was submitted. src/governance/spec-lifecycle.ts says the same for people.
CREATE TRIGGER `governance_spec_begins_as_draft` BEFORE INSERT ON `governance_spec` WHEN new.`status` <> 'draft' OR coalesce(new.`submitted_at`, new.`approved_by`, new.`approved_at`, new.`expires_at`, new.`ended_by`, new.`ended_at`, new.`ended_because`) IS NOT NULL BEGIN
	SELECT raise(abort, 'governance_spec: a version begins as a draft');
END;
--> statement-breakpoint
CREATE TRIGGER `governance_spec_refuses_replacing` BEFORE INSERT ON `governance_spec` WHEN EXISTS (SELECT 1 FROM `governance_spec` WHERE `workflow` = new.`workflow` AND `version` = new.`version`) BEGIN
	SELECT raise(abort, 'governance_spec: this version exists');
END;
--> statement-breakpoint
CREATE TRIGGER `governance_spec_keeps_its_name` BEFORE UPDATE ON `governance_spec` WHEN new.`workflow` <> old.`workflow` OR new.`version` <> old.`version` OR new.`author` <> old.`author` OR new.`created_at` <> old.`created_at` BEGIN
	SELECT raise(abort, 'governance_spec: workflow, version and author never change');
END;
--> statement-breakpoint
CREATE TRIGGER `governance_spec_keeps_its_text` BEFORE UPDATE ON `governance_spec` WHEN old.`status` <> 'draft' AND (new.`status` = old.`status` OR new.`body` <> old.`body` OR new.`digest` <> old.`digest` OR new.`note` IS NOT old.`note` OR new.`emergency` IS NOT old.`emergency` OR new.`submitted_at` IS NOT old.`submitted_at`) BEGIN
	SELECT raise(abort, 'governance_spec: nothing of a submitted version changes but its status');
END;
--> statement-breakpoint
CREATE TRIGGER `governance_spec_moves_on` BEFORE UPDATE ON `governance_spec` WHEN new.`status` <> old.`status` AND (old.`status`, new.`status`) NOT IN (VALUES ('draft', 'submitted'), ('submitted', 'approved'), ('submitted', 'rejected'), ('approved', 'retired')) BEGIN
	SELECT raise(abort, 'governance_spec: the status moves draft, submitted, approved, retired, or from submitted to rejected');
END;
--> statement-breakpoint
CREATE TRIGGER `governance_spec_is_submitted` BEFORE UPDATE ON `governance_spec` WHEN new.`status` IN ('draft', 'submitted') AND ((new.`status` = 'submitted') <> (new.`submitted_at` IS NOT NULL) OR coalesce(new.`approved_by`, new.`approved_at`, new.`expires_at`, new.`ended_by`, new.`ended_at`, new.`ended_because`) IS NOT NULL) BEGIN
	SELECT raise(abort, 'governance_spec: a submitted version says when, and a draft nothing of what comes later');
END;
--> statement-breakpoint
CREATE TRIGGER `governance_spec_is_approved` BEFORE UPDATE ON `governance_spec` WHEN new.`status` = 'approved' AND (new.`approved_at` IS NULL OR coalesce(new.`ended_by`, new.`ended_at`, new.`ended_because`) IS NOT NULL
	OR new.`expires_at` IS NOT iif(new.`emergency` IS NULL, NULL, new.`approved_at` + 86400000)
	OR NOT EXISTS (SELECT 1 FROM `spec_approval` WHERE `workflow` = new.`workflow` AND `version` = new.`version` AND `digest` = new.`digest` AND `by` = new.`approved_by`)
	OR (SELECT count(DISTINCT lower(`by`)) FROM `spec_approval` WHERE `workflow` = new.`workflow` AND `version` = new.`version` AND `digest` = new.`digest` AND lower(`by`) <> lower(new.`author`)) < iif(new.`emergency` IS NULL, 1, 2)) BEGIN
	SELECT raise(abort, 'governance_spec: approved by somebody else than its author, an emergency by two and for 24 hours');
END;
--> statement-breakpoint
CREATE TRIGGER `governance_spec_is_ended` BEFORE UPDATE ON `governance_spec` WHEN new.`status` IN ('rejected', 'retired') AND (new.`ended_by` IS NULL OR new.`ended_at` IS NULL OR coalesce(trim(new.`ended_because`), '') = '' OR new.`approved_by` IS NOT old.`approved_by` OR new.`approved_at` IS NOT old.`approved_at` OR new.`expires_at` IS NOT old.`expires_at`) BEGIN
	SELECT raise(abort, 'governance_spec: who ended it, when and why is said, and who approved it stays');
END;
--> statement-breakpoint
CREATE TRIGGER `governance_spec_refuses_delete` BEFORE DELETE ON `governance_spec` WHEN old.`status` <> 'draft' BEGIN
	SELECT raise(abort, 'governance_spec: a version that was submitted stays');
END;
--> statement-breakpoint
CREATE TRIGGER `spec_approval_is_of_the_text` BEFORE INSERT ON `spec_approval` WHEN NOT EXISTS (SELECT 1 FROM `governance_spec` WHERE `workflow` = new.`workflow` AND `version` = new.`version` AND `status` = 'submitted' AND `digest` = new.`digest`) BEGIN
	SELECT raise(abort, 'spec_approval: it is of the exact text of a submitted version');
END;
--> statement-breakpoint
CREATE TRIGGER `spec_approval_is_not_the_authors` BEFORE INSERT ON `spec_approval` WHEN EXISTS (SELECT 1 FROM `governance_spec` WHERE `workflow` = new.`workflow` AND `version` = new.`version` AND lower(`author`) = lower(new.`by`)) BEGIN
	SELECT raise(abort, 'spec_approval: an author does not approve their own version');
END;
--> statement-breakpoint
CREATE TRIGGER `spec_approval_refuses_replacing` BEFORE INSERT ON `spec_approval` WHEN EXISTS (SELECT 1 FROM `spec_approval` WHERE `workflow` = new.`workflow` AND `version` = new.`version` AND lower(`by`) = lower(new.`by`)) BEGIN
	SELECT raise(abort, 'spec_approval is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `spec_approval_refuses_update` BEFORE UPDATE ON `spec_approval` BEGIN
	SELECT raise(abort, 'spec_approval is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `spec_approval_refuses_delete` BEFORE DELETE ON `spec_approval` BEGIN
	SELECT raise(abort, 'spec_approval is append-only');
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
--> statement-breakpoint
CREATE TRIGGER `certificate_refuses_update` BEFORE UPDATE ON `certificate` BEGIN
	SELECT raise(abort, 'certificate is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `certificate_refuses_delete` BEFORE DELETE ON `certificate` BEGIN
	SELECT raise(abort, 'certificate is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `certificate_refuses_replacing` BEFORE INSERT ON `certificate` WHEN EXISTS (SELECT 1 FROM `certificate` WHERE `id` = new.`id`) BEGIN
	SELECT raise(abort, 'certificate is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `breaker_closes_once` BEFORE UPDATE ON `breaker` WHEN old.`closed_at` IS NOT NULL OR new.`closed_at` IS NULL OR coalesce(trim(new.`closed_by`), '') = '' OR coalesce(trim(new.`closed_because`), '') = ''
	OR (new.`workflow`, new.`opened_at`, new.`opened_by`, new.`reason`, new.`evidence`) IS NOT (old.`workflow`, old.`opened_at`, old.`opened_by`, old.`reason`, old.`evidence`) BEGIN
	SELECT raise(abort, 'breaker is append-only: a trip is closed once, by somebody who says why');
END;
--> statement-breakpoint
CREATE TRIGGER `breaker_refuses_delete` BEFORE DELETE ON `breaker` BEGIN
	SELECT raise(abort, 'breaker is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `breaker_begins_open` BEFORE INSERT ON `breaker` WHEN coalesce(new.`closed_at`, new.`closed_by`, new.`closed_because`) IS NOT NULL
	OR EXISTS (SELECT 1 FROM `breaker` WHERE `workflow` = new.`workflow` AND (`opened_at` = new.`opened_at` OR `closed_at` IS NULL)) BEGIN
	SELECT raise(abort, 'breaker is append-only: one is open at a time');
END;
--> statement-breakpoint
CREATE TRIGGER `business_case_refuses_update` BEFORE UPDATE ON `business_case` BEGIN
	SELECT raise(abort, 'business_case is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `business_case_refuses_delete` BEFORE DELETE ON `business_case` BEGIN
	SELECT raise(abort, 'business_case is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `business_case_refuses_replacing` BEFORE INSERT ON `business_case` WHEN EXISTS (SELECT 1 FROM `business_case` WHERE `workflow` = new.`workflow` AND `at` = new.`at`) BEGIN
	SELECT raise(abort, 'business_case is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `validation_record_answer_is_final` BEFORE UPDATE ON `validation_record` WHEN (old.`answer` IS NOT NULL OR new.`body` <> old.`body`)
	AND (NOT EXISTS (SELECT 1 FROM `validation` WHERE `id` = old.`validation` AND `erased_at` IS NOT NULL) OR new.`validation` <> old.`validation` OR new.`number` <> old.`number`
		OR new.`body`->'$.input' IS NOT '{}' OR new.`body`->'$.expected' IS NOT old.`body`->'$.expected' OR new.`body`->'$.id' IS NOT old.`body`->'$.id'
		OR new.`answer`->'$.kind' IS NOT old.`answer`->'$.kind' OR new.`answer`->'$.value' IS NOT old.`answer`->'$.value' OR new.`answer`->'$.score' IS NOT old.`answer`->'$.score') BEGIN
	SELECT raise(abort, 'validation_record: a record is answered once, and stays as the file had it');
END;
--> statement-breakpoint
CREATE TRIGGER `validation_record_refuses_delete` BEFORE DELETE ON `validation_record` BEGIN
	SELECT raise(abort, 'validation_record: the records of a validation stay with it');
END;
--> statement-breakpoint
CREATE TRIGGER `validation_record_refuses_replacing` BEFORE INSERT ON `validation_record` WHEN EXISTS (SELECT 1 FROM `validation_record` WHERE `validation` = new.`validation` AND `number` = new.`number`) BEGIN
	SELECT raise(ignore);
END;
--> statement-breakpoint
CREATE TRIGGER `validation_is_final` BEFORE UPDATE ON `validation` WHEN old.`status` IN ('finished', 'cancelled')
	AND (old.`erased_at` IS NOT NULL OR new.`erased_at` IS NULL OR new.`id` <> old.`id` OR new.`workflow` <> old.`workflow` OR new.`status` <> old.`status`
		OR new.`facts` <> old.`facts` OR new.`created_at` <> old.`created_at` OR new.`created_by` <> old.`created_by` OR new.`started_at` IS NOT old.`started_at`
		OR new.`moved_at` IS NOT old.`moved_at` OR new.`finished_at` IS NOT old.`finished_at` OR new.`because` IS NOT old.`because`
		OR new.`report_digest` IS NOT old.`report_digest` OR new.`keep_days` <> old.`keep_days`) BEGIN
	SELECT raise(abort, 'validation: what has ended stays as it is');
END;
--> statement-breakpoint
CREATE TRIGGER `validation_refuses_delete` BEFORE DELETE ON `validation` BEGIN
	SELECT raise(abort, 'validation: a validation stays');
END;
--> statement-breakpoint
CREATE TRIGGER `validation_report_refuses_update` BEFORE UPDATE ON `validation_report` BEGIN
	SELECT raise(abort, 'validation_report is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `validation_report_refuses_delete` BEFORE DELETE ON `validation_report` BEGIN
	SELECT raise(abort, 'validation_report is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `validation_report_refuses_replacing` BEFORE INSERT ON `validation_report` WHEN EXISTS (SELECT 1 FROM `validation_report` WHERE `validation` = new.`validation` AND `revision` = new.`revision`) BEGIN
	SELECT raise(abort, 'validation_report is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `validation_relabel_refuses_update` BEFORE UPDATE ON `validation_relabel` BEGIN
	SELECT raise(abort, 'validation_relabel is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `validation_relabel_refuses_delete` BEFORE DELETE ON `validation_relabel` BEGIN
	SELECT raise(abort, 'validation_relabel is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `validation_relabel_refuses_replacing` BEFORE INSERT ON `validation_relabel` WHEN EXISTS (SELECT 1 FROM `validation_relabel` WHERE `validation` = new.`validation` AND `revision` = new.`revision`) BEGIN
	SELECT raise(abort, 'validation_relabel is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `effect_check_refuses_update` BEFORE UPDATE ON `effect_check` WHEN new.`should` IS NOT NULL OR new.`run` IS NOT old.`run` OR new.`step` IS NOT old.`step` OR new.`at` IS NOT old.`at` OR new.`by` IS NOT old.`by` OR new.`verdict` IS NOT old.`verdict` OR new.`note` IS NOT old.`note` OR NOT EXISTS (SELECT 1 FROM `run` WHERE `id` = old.`run` AND `erased_at` IS NOT NULL) BEGIN
	SELECT raise(abort, 'effect_check is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `spec_advice_refuses_update` BEFORE UPDATE ON `spec_advice` BEGIN
	SELECT raise(abort, 'spec_advice is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `spec_advice_refuses_delete` BEFORE DELETE ON `spec_advice` BEGIN
	SELECT raise(abort, 'spec_advice is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `spec_advice_refuses_replacing` BEFORE INSERT ON `spec_advice` WHEN EXISTS (SELECT 1 FROM `spec_advice` WHERE `workflow` = new.`workflow` AND `version` = new.`version`) BEGIN
	SELECT raise(abort, 'spec_advice is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `second_review_refuses_update` BEFORE UPDATE ON `second_review` WHEN new.`body` IS NOT NULL OR new.`approval` IS NOT old.`approval` OR new.`run` IS NOT old.`run` OR new.`workflow` IS NOT old.`workflow` OR new.`at` IS NOT old.`at` OR new.`by` IS NOT old.`by` OR new.`kind` IS NOT old.`kind` OR new.`note` IS NOT old.`note` OR NOT EXISTS (SELECT 1 FROM `run` WHERE `id` = old.`run` AND `erased_at` IS NOT NULL) BEGIN
	SELECT raise(abort, 'second_review is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `second_review_refuses_delete` BEFORE DELETE ON `second_review` BEGIN
	SELECT raise(abort, 'second_review is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `second_review_refuses_replacing` BEFORE INSERT ON `second_review` WHEN EXISTS (SELECT 1 FROM `second_review` WHERE `approval` = new.`approval`) BEGIN
	SELECT raise(abort, 'second_review is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `model_version_refuses_update` BEFORE UPDATE ON `model_version` BEGIN
	SELECT raise(abort, 'model_version is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `model_version_refuses_delete` BEFORE DELETE ON `model_version` BEGIN
	SELECT raise(abort, 'model_version is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `model_version_refuses_replacing` BEFORE INSERT ON `model_version` WHEN EXISTS (SELECT 1 FROM `model_version` WHERE `id` = new.`id`) BEGIN
	SELECT raise(abort, 'model_version is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `model_choice_refuses_update` BEFORE UPDATE ON `model_choice` BEGIN
	SELECT raise(abort, 'model_choice is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `model_choice_refuses_delete` BEFORE DELETE ON `model_choice` BEGIN
	SELECT raise(abort, 'model_choice is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `model_choice_refuses_replacing` BEFORE INSERT ON `model_choice` WHEN EXISTS (SELECT 1 FROM `model_choice` WHERE `workflow` = new.`workflow` AND `at` = new.`at`) BEGIN
	SELECT raise(abort, 'model_choice is append-only');
END;
