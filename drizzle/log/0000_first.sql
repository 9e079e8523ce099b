CREATE TABLE `requests` (
	`position` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`operation` text NOT NULL,
	`dialect` text NOT NULL,
	`key_id` text,
	`key_name` text,
	`team` text,
	`customer` text,
	`user` text,
	`model` text,
	`provider` text,
	`target_model` text,
	`stream` integer NOT NULL,
	`status` integer NOT NULL,
	`code` text,
	`source` text,
	`error` text,
	`finish` text,
	`failover` integer NOT NULL,
	`cache` text NOT NULL,
	`cache_score` real,
	`attempts` text,
	`warnings` text,
	`input_tokens` integer,
	`cache_read_tokens` integer,
	`cache_write_5m_tokens` integer,
	`cache_write_1h_tokens` integer,
	`output_tokens` integer,
	`reasoning_tokens` integer,
	`usage_extra` text,
	`cost_nano_usd` integer,
	`total_us` integer NOT NULL,
	`first_content_us` integer,
	`overhead_us` integer NOT NULL,
	`queued_us` integer NOT NULL,
	`tags` text,
	`session` text,
	`explanation` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `requests_id` ON `requests` (`id`);--> statement-breakpoint
CREATE INDEX `requests_model` ON `requests` (`model`);--> statement-breakpoint
CREATE INDEX `requests_provider` ON `requests` (`provider`);--> statement-breakpoint
CREATE INDEX `requests_key_id` ON `requests` (`key_id`);--> statement-breakpoint
CREATE INDEX `requests_key_name` ON `requests` (`key_name`);--> statement-breakpoint
CREATE INDEX `requests_team` ON `requests` (`team`) WHERE team is not null;--> statement-breakpoint
CREATE INDEX `requests_status` ON `requests` (`status`) WHERE status >= 400;--> statement-breakpoint
CREATE INDEX `requests_failover` ON `requests` (`failover`) WHERE failover = 1;--> statement-breakpoint
CREATE INDEX `requests_cache` ON `requests` (`cache`) WHERE cache in ('exact', 'semantic');