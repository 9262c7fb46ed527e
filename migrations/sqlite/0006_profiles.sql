-- For whom the lessons of a key are written, as JSON; NULL for everybody. Keys from before have no profile.
ALTER TABLE lesson_keys ADD COLUMN profile TEXT;
