CREATE TABLE `approval` (
	`id` text PRIMARY KEY NOT NULL,
	`run` text NOT NULL,
	`workflow` text NOT NULL,
	`step` text NOT NULL,
	`action` text NOT NULL,
	`target` text NOT NULL,
	`status` text NOT NULL,
	`requested_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`decided_at` integer,
	`decided_by` text,
	`seq` integer NOT NULL,
	`body` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `approval_open` ON `approval` (`status`,`expires_at`);--> statement-breakpoint
CREATE INDEX `approval_run` ON `approval` (`run`);--> statement-breakpoint
CREATE TABLE `approval_claim` (
	`approval` text PRIMARY KEY NOT NULL,
	`by` text NOT NULL,
	`at` integer NOT NULL,
	`until` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `approval_comment` (
	`approval` text NOT NULL,
	`at` integer NOT NULL,
	`run` text NOT NULL,
	`by` text NOT NULL,
	`text` text NOT NULL,
	PRIMARY KEY(`approval`, `at`)
);
--> statement-breakpoint
CREATE INDEX `approval_comment_run` ON `approval_comment` (`run`);--> statement-breakpoint
CREATE TABLE `approval_notice` (
	`approval` text NOT NULL,
	`kind` text NOT NULL,
	`seq` integer NOT NULL,
	`at` integer NOT NULL,
	`sent_at` integer,
	`channel` text,
	`ts` text,
	`closed_at` integer,
	PRIMARY KEY(`approval`, `kind`, `seq`)
);
--> statement-breakpoint
CREATE INDEX `approval_notice_open` ON `approval_notice` (`approval`) WHERE sent_at is not null and closed_at is null;--> statement-breakpoint
CREATE TABLE `assessment` (
	`connection` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`by` text NOT NULL,
	`body` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `audit` (
	`run` text NOT NULL,
	`seq` integer NOT NULL,
	`at` integer NOT NULL,
	`type` text NOT NULL,
	`step` text,
	`actor` text NOT NULL,
	`content_digest` text NOT NULL,
	`hash` text NOT NULL,
	PRIMARY KEY(`run`, `seq`)
);
--> statement-breakpoint
CREATE TABLE `audit_checkpoint` (
	`number` integer PRIMARY KEY NOT NULL,
	`date` text NOT NULL,
	`key` text NOT NULL,
	`at` integer NOT NULL,
	`digest` text NOT NULL,
	`signed_by` text,
	`runs` integer NOT NULL,
	`records` integer NOT NULL,
	`through` integer NOT NULL,
	`at_run` text,
	`at_seq` integer,
	`complete` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `audit_content` (
	`run` text NOT NULL,
	`first_seq` integer NOT NULL,
	`last_seq` integer NOT NULL,
	`salt` text NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`run`, `first_seq`)
);
--> statement-breakpoint
CREATE TABLE `audit_export` (
	`id` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`by` text NOT NULL,
	`format` text NOT NULL,
	`filter` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `audit_rate` (
	`workflow` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`writes` integer NOT NULL,
	`days` integer NOT NULL,
	`share` real NOT NULL
);
--> statement-breakpoint
CREATE TABLE `breaker` (
	`workflow` text NOT NULL,
	`opened_at` integer NOT NULL,
	`opened_by` text NOT NULL,
	`reason` text NOT NULL,
	`evidence` text NOT NULL,
	`closed_at` integer,
	`closed_by` text,
	`closed_because` text,
	PRIMARY KEY(`workflow`, `opened_at`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `breaker_open` ON `breaker` (`workflow`) WHERE closed_at is null;--> statement-breakpoint
CREATE TABLE `business_case` (
	`workflow` text NOT NULL,
	`at` integer NOT NULL,
	`by` text NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`workflow`, `at`)
);
--> statement-breakpoint
CREATE TABLE `certificate` (
	`id` text PRIMARY KEY NOT NULL,
	`workflow` text NOT NULL,
	`decision` text NOT NULL,
	`issued_at` integer NOT NULL,
	`issued_by` text NOT NULL,
	`body` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `certificate_workflow` ON `certificate` (`workflow`,`issued_at`);--> statement-breakpoint
CREATE TABLE `contest` (
	`id` text PRIMARY KEY NOT NULL,
	`run` text NOT NULL,
	`step` text NOT NULL,
	`person` text NOT NULL,
	`reason` text NOT NULL,
	`at` integer NOT NULL,
	`by` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `contest_run` ON `contest` (`run`);--> statement-breakpoint
CREATE INDEX `contest_at` ON `contest` (`at`);--> statement-breakpoint
CREATE TABLE `contest_closing` (
	`contest` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`by` text NOT NULL,
	`outcome` text NOT NULL,
	`reason` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `data_flow_approval` (
	`workflow` text NOT NULL,
	`at` integer NOT NULL,
	`by` text NOT NULL,
	`digest` text NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`workflow`, `at`)
);
--> statement-breakpoint
CREATE TABLE `dead_letter` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`kind` text NOT NULL,
	`connection` text,
	`source` text NOT NULL,
	`reason` text NOT NULL,
	`body` text NOT NULL,
	`delivery` text,
	`replayed_at` integer,
	`replayed_by` text,
	`outcome` text,
	`run` text
);
--> statement-breakpoint
CREATE INDEX `dead_letter_at` ON `dead_letter` (`at`);--> statement-breakpoint
CREATE TABLE `decision` (
	`run` text NOT NULL,
	`step` text NOT NULL,
	`workflow` text NOT NULL,
	`version` integer NOT NULL,
	`name` text NOT NULL,
	`at` integer NOT NULL,
	`value` text,
	`score` real NOT NULL,
	`source` text NOT NULL,
	`provider` text NOT NULL,
	`model` text NOT NULL,
	PRIMARY KEY(`run`, `step`)
);
--> statement-breakpoint
CREATE INDEX `decision_at` ON `decision` (`workflow`,`at`);--> statement-breakpoint
CREATE TABLE `decision_cost` (
	`run` text NOT NULL,
	`step` text NOT NULL,
	`workflow` text NOT NULL,
	`at` integer NOT NULL,
	`provider` text,
	`model` text,
	`calls` integer NOT NULL,
	`unknown_calls` integer NOT NULL,
	`prompt_tokens` integer NOT NULL,
	`cached_tokens` integer NOT NULL,
	`completion_tokens` integer NOT NULL,
	`usd` real NOT NULL,
	`price_version` text,
	`seq` integer NOT NULL,
	PRIMARY KEY(`run`, `step`)
);
--> statement-breakpoint
CREATE INDEX `decision_cost_at` ON `decision_cost` (`at`);--> statement-breakpoint
CREATE TABLE `decision_time` (
	`approval` text PRIMARY KEY NOT NULL,
	`by` text NOT NULL,
	`at` integer NOT NULL,
	`ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `deployment` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `effect` (
	`run` text NOT NULL,
	`step` text NOT NULL,
	`workflow` text NOT NULL,
	`version` integer NOT NULL,
	`action` text NOT NULL,
	`target` text NOT NULL,
	`status` text NOT NULL,
	`at` integer NOT NULL,
	`sampled` integer NOT NULL,
	`body` text NOT NULL,
	`seq` integer NOT NULL,
	PRIMARY KEY(`run`, `step`)
);
--> statement-breakpoint
CREATE INDEX `effect_at` ON `effect` (`at`);--> statement-breakpoint
CREATE INDEX `effect_sampled` ON `effect` (`at`) WHERE sampled = 1;--> statement-breakpoint
CREATE TABLE `effect_check` (
	`run` text NOT NULL,
	`step` text NOT NULL,
	`at` integer NOT NULL,
	`by` text NOT NULL,
	`verdict` text NOT NULL,
	`note` text NOT NULL,
	`should` text,
	PRIMARY KEY(`run`, `step`)
);
--> statement-breakpoint
CREATE TABLE `event_log` (
	`id` text PRIMARY KEY NOT NULL,
	`connection` text NOT NULL,
	`type` text NOT NULL,
	`subject` text NOT NULL,
	`time` integer NOT NULL,
	`received_at` integer NOT NULL,
	`data` text
);
--> statement-breakpoint
CREATE INDEX `event_log_received` ON `event_log` (`received_at`);--> statement-breakpoint
CREATE TABLE `governance_spec` (
	`workflow` text NOT NULL,
	`version` integer NOT NULL,
	`status` text NOT NULL,
	`body` text NOT NULL,
	`digest` text NOT NULL,
	`author` text NOT NULL,
	`created_at` integer NOT NULL,
	`note` text,
	`emergency` text,
	`submitted_at` integer,
	`approved_by` text,
	`approved_at` integer,
	`expires_at` integer,
	`ended_by` text,
	`ended_at` integer,
	`ended_because` text,
	PRIMARY KEY(`workflow`, `version`)
);
--> statement-breakpoint
CREATE TABLE `halt` (
	`scope` text NOT NULL,
	`at` integer NOT NULL,
	`on` integer NOT NULL,
	`by` text NOT NULL,
	`reason` text NOT NULL,
	PRIMARY KEY(`scope`, `at`)
);
--> statement-breakpoint
CREATE TABLE `model_choice` (
	`workflow` text NOT NULL,
	`at` integer NOT NULL,
	`by` text NOT NULL,
	`model` text NOT NULL,
	PRIMARY KEY(`workflow`, `at`)
);
--> statement-breakpoint
CREATE TABLE `model_probe` (
	`model` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`host` text NOT NULL,
	`model_id` text NOT NULL,
	`outcome` text NOT NULL,
	`at` integer NOT NULL,
	`by` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `model_training` (
	`id` text PRIMARY KEY NOT NULL,
	`workflow` text NOT NULL,
	`asked_at` integer NOT NULL,
	`asked_by` text NOT NULL,
	`ended_at` integer,
	`model` text,
	`problem` text
);
--> statement-breakpoint
CREATE INDEX `model_training_workflow` ON `model_training` (`workflow`,`asked_at`);--> statement-breakpoint
CREATE TABLE `model_version` (
	`id` text PRIMARY KEY NOT NULL,
	`workflow` text NOT NULL,
	`trained_at` integer NOT NULL,
	`trained_by` text NOT NULL,
	`body` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `model_version_workflow` ON `model_version` (`workflow`,`trained_at`);--> statement-breakpoint
CREATE TABLE `provider_card` (
	`provider` text NOT NULL,
	`host` text NOT NULL,
	`recorded_at` integer NOT NULL,
	`recorded_by` text NOT NULL,
	`dpa_signed_on` text,
	`dpa_expires` text,
	`region` text NOT NULL,
	`zero_retention` integer NOT NULL,
	`transfer` text,
	PRIMARY KEY(`provider`, `host`, `recorded_at`)
);
--> statement-breakpoint
CREATE TABLE `review_week` (
	`workflow` text NOT NULL,
	`week` integer NOT NULL,
	`at` integer NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`workflow`, `week`)
);
--> statement-breakpoint
CREATE TABLE `role_grant` (
	`id` integer PRIMARY KEY NOT NULL,
	`principal` text NOT NULL,
	`role` text NOT NULL,
	`workflow` text NOT NULL,
	`granted_at` integer NOT NULL,
	`granted_by` text NOT NULL,
	`revoked_at` integer,
	`revoked_by` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `role_grant_in_force` ON `role_grant` (`principal`,`role`,`workflow`) WHERE revoked_at is null;--> statement-breakpoint
CREATE TABLE `run` (
	`id` text PRIMARY KEY NOT NULL,
	`workflow` text NOT NULL,
	`version` integer NOT NULL,
	`spec_version` integer NOT NULL,
	`partition` text NOT NULL,
	`event_id` text NOT NULL,
	`subject` text NOT NULL,
	`status` text NOT NULL,
	`state` text NOT NULL,
	`started_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`seq` integer NOT NULL,
	`due` integer,
	`erase_at` integer,
	`erased_at` integer
);
--> statement-breakpoint
CREATE INDEX `run_started` ON `run` (`started_at`);--> statement-breakpoint
CREATE INDEX `run_due` ON `run` (`due`) WHERE due is not null;--> statement-breakpoint
CREATE INDEX `run_erase` ON `run` (`erase_at`) WHERE erase_at is not null;--> statement-breakpoint
CREATE TABLE `second_review` (
	`approval` text PRIMARY KEY NOT NULL,
	`run` text NOT NULL,
	`workflow` text NOT NULL,
	`at` integer NOT NULL,
	`by` text NOT NULL,
	`kind` text NOT NULL,
	`body` text,
	`note` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `second_review_at` ON `second_review` (`workflow`,`at`);--> statement-breakpoint
CREATE TABLE `shadow_comparison` (
	`run` text NOT NULL,
	`step` text NOT NULL,
	`workflow` text NOT NULL,
	`action` text NOT NULL,
	`target` text NOT NULL,
	`decision` text,
	`score` real,
	`intended_at` integer NOT NULL,
	`at` integer NOT NULL,
	`outcome` text NOT NULL,
	`because` text,
	`fields` text,
	PRIMARY KEY(`run`, `step`)
);
--> statement-breakpoint
CREATE INDEX `shadow_comparison_intended` ON `shadow_comparison` (`workflow`,`intended_at`);--> statement-breakpoint
CREATE TABLE `spec_advice` (
	`workflow` text NOT NULL,
	`version` integer NOT NULL,
	`at` integer NOT NULL,
	`by` text NOT NULL,
	`digest` text NOT NULL,
	`evidence` text NOT NULL,
	PRIMARY KEY(`workflow`, `version`)
);
--> statement-breakpoint
CREATE TABLE `spec_approval` (
	`workflow` text NOT NULL,
	`version` integer NOT NULL,
	`by` text NOT NULL,
	`at` integer NOT NULL,
	`digest` text NOT NULL,
	`note` text,
	PRIMARY KEY(`workflow`, `version`, `by`)
);
--> statement-breakpoint
CREATE TABLE `validation` (
	`id` text PRIMARY KEY NOT NULL,
	`workflow` text NOT NULL,
	`status` text NOT NULL,
	`facts` text NOT NULL,
	`imported` text NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`started_at` integer,
	`moved_at` integer,
	`finished_at` integer,
	`because` text,
	`report_digest` text,
	`keep_days` integer NOT NULL,
	`erased_at` integer
);
--> statement-breakpoint
CREATE INDEX `validation_created` ON `validation` (`created_at`);--> statement-breakpoint
CREATE INDEX `validation_open` ON `validation` (`moved_at`) WHERE status = 'running';--> statement-breakpoint
CREATE TABLE `validation_record` (
	`validation` text NOT NULL,
	`number` integer NOT NULL,
	`body` text NOT NULL,
	`answer` text,
	`attempts` integer DEFAULT 0 NOT NULL,
	`claimed_until` integer,
	PRIMARY KEY(`validation`, `number`)
);
--> statement-breakpoint
CREATE TABLE `validation_relabel` (
	`validation` text NOT NULL,
	`revision` integer NOT NULL,
	`record` text NOT NULL,
	`before` text NOT NULL,
	`after` text NOT NULL,
	`reason` text NOT NULL,
	`at` integer NOT NULL,
	`by` text NOT NULL,
	PRIMARY KEY(`validation`, `revision`)
);
--> statement-breakpoint
CREATE TABLE `validation_report` (
	`validation` text NOT NULL,
	`revision` integer NOT NULL,
	`digest` text NOT NULL,
	`body` text NOT NULL,
	`at` integer NOT NULL,
	`by` text,
	PRIMARY KEY(`validation`, `revision`)
);
