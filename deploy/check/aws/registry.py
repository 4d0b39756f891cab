#!/usr/bin/env python3
"""A registry that gives out one image, read-only, to whoever has the emulated ECR's password; and 401 to everybody else.

usage: registry.py FOLDER ADDRESS PORT      FOLDER: what `docker save` wrote, unpacked; prints the image's digest
"""
import base64
import http.server
import json
import os
import re
import shutil
import sys

folder, address, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(os.path.join(folder, "index.json")) as file:
    manifest = json.load(file)["manifests"][0]
password = "Basic " + base64.b64encode(b"AWS:123456789012-auth-token").decode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.headers.get("Authorization") != password:
            return self.refuse()
        found = re.fullmatch(r"/v2/[a-z0-9/._-]+/(manifests|blobs)/sha256:([0-9a-f]{64})", self.path)
        path = os.path.join(folder, "blobs", "sha256", found[2]) if found else ""
        if self.path == "/v2/":
            return self.answer(200, b"{}")
        if not found or not os.path.exists(path):
            return self.answer(404, b"{}")
        self.send_response(200)
        self.send_header("Content-Type", manifest["mediaType"] if found[1] == "manifests" else "application/octet-stream")
        self.send_header("Content-Length", str(os.path.getsize(path)))
        self.send_header("Docker-Content-Digest", "sha256:" + found[2])
        self.end_headers()
        if self.command == "GET":
            with open(path, "rb") as blob:
                shutil.copyfileobj(blob, self.wfile)

    do_HEAD = do_GET

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.refuse()

    def refuse(self):
        self.answer(401, b'{"error": "invalid key"}')

    def answer(self, status, body):
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="ecr"')
        self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer((address, port), Handler)
print(manifest["digest"], flush=True)
server.serve_forever()
