CREATE TABLE `content` (
	`position` integer PRIMARY KEY NOT NULL,
	`request` text NOT NULL,
	`answer` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `key_names` (
	`key_id` text NOT NULL,
	`key_name` text NOT NULL,
	PRIMARY KEY(`key_id`, `key_name`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `stats` (
	`detail` integer NOT NULL,
	`grain` integer NOT NULL,
	`start` integer NOT NULL,
	`model` text NOT NULL,
	`provider` text NOT NULL,
	`status` integer NOT NULL,
	`failover` integer NOT NULL,
	`cache` text NOT NULL,
	`key` text NOT NULL,
	`team` text NOT NULL,
	`requests` integer NOT NULL,
	`input_tokens` integer NOT NULL,
	`cache_read_tokens` integer NOT NULL,
	`cache_write_tokens` integer NOT NULL,
	`output_tokens` integer NOT NULL,
	`reasoning_tokens` integer NOT NULL,
	`cost_nano_usd` integer NOT NULL,
	`overhead_us` integer NOT NULL,
	`first_0` integer NOT NULL,
	`first_1` integer NOT NULL,
	`first_2` integer NOT NULL,
	`first_3` integer NOT NULL,
	`first_4` integer NOT NULL,
	`first_5` integer NOT NULL,
	`first_6` integer NOT NULL,
	`first_7` integer NOT NULL,
	`first_8` integer NOT NULL,
	`first_9` integer NOT NULL,
	`first_10` integer NOT NULL,
	`first_11` integer NOT NULL,
	`first_12` integer NOT NULL,
	`first_13` integer NOT NULL,
	`first_14` integer NOT NULL,
	`first_15` integer NOT NULL,
	`total_0` integer NOT NULL,
	`total_1` integer NOT NULL,
	`total_2` integer NOT NULL,
	`total_3` integer NOT NULL,
	`total_4` integer NOT NULL,
	`total_5` integer NOT NULL,
	`total_6` integer NOT NULL,
	`total_7` integer NOT NULL,
	`total_8` integer NOT NULL,
	`total_9` integer NOT NULL,
	`total_10` integer NOT NULL,
	`total_11` integer NOT NULL,
	`total_12` integer NOT NULL,
	`total_13` integer NOT NULL,
	`total_14` integer NOT NULL,
	`total_15` integer NOT NULL,
	PRIMARY KEY(`detail`, `grain`, `start`, `model`, `provider`, `status`, `failover`, `cache`, `key`, `team`)
) WITHOUT ROWID;
--> statement-breakpoint
DROP INDEX `requests_key_id`;
--> statement-breakpoint
INSERT INTO `key_names` SELECT DISTINCT key_id, key_name FROM `requests` WHERE key_id IS NOT NULL AND key_name IS NOT NULL;
--> statement-breakpoint
CREATE VIRTUAL TABLE `content_search` USING fts5(request, answer, content='content', content_rowid='position', tokenize="unicode61 remove_diacritics 2");
--> statement-breakpoint
CREATE TRIGGER `content_search_insert` AFTER INSERT ON `content` BEGIN
	INSERT INTO content_search(rowid, request, answer) VALUES (new.position, new.request, new.answer);
END;
--> statement-breakpoint
CREATE TRIGGER `content_search_delete` AFTER DELETE ON `content` BEGIN
	INSERT INTO content_search(content_search, rowid, request, answer) VALUES ('delete', old.position, old.request, old.answer);
END;
