// The fastify peer: about the least that answers a CDS Hooks request in Node. It parses the JSON and looks for the
// Observations; it assesses nothing and records nothing.   PORT=8102 NODE_ENV=production node fastify_peer.js
'use strict';

const server = require('fastify')({ bodyLimit: 4 * 1024 * 1024 });

const reply = {
  cards: [
    {
      uuid: '0b8c4c86-6f5e-5a3b-8f0e-5d6c1f7f2a10',
      summary: 'The same card for everybody',
      indicator: 'info',
      source: { label: 'fastify peer of the benchmark' },
      detail: 'Nothing was assessed and nothing was recorded.',
    },
  ],
};

server.post('/cds-services/her2', async (request, response) => {
  if (request.body?.prefetch?.her2?.entry?.length !== 6) return response.code(412).send({ cards: [] });
  return reply;
});

server.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
