-- Views write as whoever keeps the tables, not as who inserts: so a user that may insert facts needs no other right.

ALTER TABLE lethe.to_hour MODIFY SQL SECURITY DEFINER DEFINER = CURRENT_USER;

ALTER TABLE lethe.to_day MODIFY SQL SECURITY DEFINER DEFINER = CURRENT_USER;

ALTER TABLE lethe.to_month MODIFY SQL SECURITY DEFINER DEFINER = CURRENT_USER;
