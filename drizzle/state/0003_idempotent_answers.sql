CREATE TABLE `answers` (
	`id` text PRIMARY KEY NOT NULL,
	`sealed` text NOT NULL,
	`expires_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `answers_expires` ON `answers` (`expires_at_ms`);