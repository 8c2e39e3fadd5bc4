// How many different customer and hour there are in an export: node customerHours.mjs FILE
import { DuckDBInstance } from '@duckdb/node-api';

const connection = await (await DuckDBInstance.create(':memory:')).connect();
const rows = await connection.runAndReadAll(
  `select count(*)::varchar from (select distinct customer_id, date_trunc('hour', timestamp) from read_csv('${process.argv[2]}'))`,
);
console.log(rows.getRows()[0][0]);
