"""Kafka for tests: a broker in KRaft mode with SCRAM, rules and topics in memory. kafka-python's protocol classes, which are made of the
schemas of Kafka, read and write every byte, and what is written in another way than they would write it is refused.

It writes what Kafka does not document into `unexpected.log`, and each request into `requests.log`.

Usage: server.py PORT DIRECTORY USERS, where USERS is JSON: names with `password` and `acls`. With `certificate.pem` and `key.pem` in the
directory, it has TLS. A line of JSON on stdin changes its state, and is answered with all of it.
"""

import base64
import hashlib
import hmac
import json
import os
import socketserver
import ssl
import struct
import sys
import threading

from kafka.protocol import admin, metadata, sasl
from kafka.protocol.metadata.api_versions import ApiVersionsRequest, ApiVersionsResponse

ITERATIONS = 4096
SCRAM_SHA_256 = 1
CLUSTER, TOPIC = 4, 2
ALL, CREATE, DELETE, ALTER, DESCRIBE, CLUSTER_ACTION = 2, 5, 6, 7, 8, 9
LITERAL, PREFIXED = 3, 4
DENIED, NO_AUTHORIZER, LOGIN_FAILED, NO_SUCH_USER, NO_SUCH_TOPIC, TOPIC_DENIED, BAD_STATE = 31, 54, 58, 91, 3, 29, 34
REQUESTS = [
    ApiVersionsRequest, metadata.MetadataRequest, sasl.SaslHandshakeRequest, sasl.SaslAuthenticateRequest, admin.DescribeAclsRequest,
    admin.CreateAclsRequest, admin.DeleteAclsRequest, admin.DescribeUserScramCredentialsRequest, admin.AlterUserScramCredentialsRequest,
    admin.DeleteTopicsRequest, admin.CreateTopicsRequest,
]  # fmt: skip
BY_KEY = {request.API_KEY: request for request in REQUESTS}
# What Kafka 4 no longer has.
OLDEST = {20: 1, 29: 1, 30: 1, 31: 1, 19: 2}


class Server(socketserver.ThreadingTCPServer):
    daemon_threads, allow_reuse_address = True, True

    def __init__(self, port, directory, users):
        super().__init__(("127.0.0.1", port), Connection)
        self.directory, self.lock, self.topics, self.acls, self.users = directory, threading.RLock(), {"__consumer_offsets"}, set(), {}
        for name, user in users.items():
            self.set_password(name, user["password"])
            self.acls |= {(*rule[:3], f"User:{name}", "*", rule[3], 3) for rule in user["acls"]}

    def set_password(self, name, password):
        salt = os.urandom(16)
        self.keep(name, salt, hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS), ITERATIONS)

    def keep(self, name, salt, salted, iterations):
        sign = lambda words: hmac.digest(salted, words, "sha256")
        stored = hashlib.sha256(sign(b"Client Key")).digest()
        self.users[name] = {"salt": salt, "iterations": iterations, "stored": stored, "server": sign(b"Server Key")}

    def state(self, change):
        with self.lock:
            for name, password in change.get("users", {}).items():
                self.users.pop(name, None)
                if password is not None:
                    self.set_password(name, password)
            self.topics |= set(change.get("topics", []))
            self.topics -= set(change.get("without_topics", []))
            self.acls |= {tuple(acl) for acl in change.get("acls", [])}
            self.acls -= {tuple(acl) for acl in change.get("without_acls", [])}
            return {"users": sorted(self.users), "topics": sorted(self.topics), "acls": sorted(map(list, self.acls))}

    def may(self, user, operation, resource, name):
        """Whether rules allow a user to do something. Whoever deletes or writes may describe."""
        implied = {operation, ALL} | ({DELETE, ALTER, 3, 4} if operation == DESCRIBE else set())
        for kind, known, pattern, principal, _, allowed, _ in self.acls:
            fits = known in (name, "*") if pattern == LITERAL else name.startswith(known)
            if kind == resource and fits and principal == f"User:{user}" and allowed in implied:
                return True
        return False

    def write(self, file, text):
        with self.lock, open(f"{self.directory}/{file}", "a") as log:
            log.write(f"{text}\n")


class Connection(socketserver.BaseRequestHandler):
    def handle(self):
        self.user, self.said = None, None
        if os.path.exists(f"{self.server.directory}/key.pem"):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(f"{self.server.directory}/certificate.pem", f"{self.server.directory}/key.pem")
            try:
                self.request = context.wrap_socket(self.request, server_side=True)
            except (ssl.SSLError, OSError):
                return
        try:
            while True:
                self.answer(self.read(struct.unpack(">i", self.read(4))[0]))
        except (ConnectionError, OSError):
            pass

    def read(self, length):
        data = b""
        while len(data) < length:
            part = self.request.recv(length - len(data))
            if not part:
                raise ConnectionError
            data += part
        return data

    def answer(self, frame):
        key, version = struct.unpack_from(">hh", frame)
        kind = BY_KEY.get(key)
        if kind is None or not OLDEST.get(key, 0) <= version <= kind.max_version:
            self.server.write("unexpected.log", f"request {key} of version {version}")
            raise ConnectionError
        request = kind.decode(frame, version=version, header=True)
        if request.encode(version=version, header=True) != frame:
            self.server.write("unexpected.log", f"{kind.__name__} is written in another way: {frame!r}")
        shown = {name: value for name, value in request.to_dict().items() if name != "auth_bytes"}
        self.server.write("requests.log", f"{self.user}: {kind.__name__} {shown}")
        if self.user is None and key not in (ApiVersionsRequest.API_KEY, 17, 36):
            # A broker closes the connection of whoever has not logged in.
            raise ConnectionError
        with self.server.lock:
            response = getattr(self, f"do_{kind.__name__.removesuffix('Request')}")(request, version)
        response.API_VERSION = version
        response.with_header(correlation_id=request.header.correlation_id)
        self.request.sendall(response.encode(header=True, framed=True))

    def may(self, operation, resource=CLUSTER, name="kafka-cluster"):
        return self.server.may(self.user, operation, resource, name)

    def do_ApiVersions(self, request, version):
        each = ApiVersionsResponse.ApiVersion
        keys = [each(api_key=kind.API_KEY, min_version=OLDEST.get(kind.API_KEY, 0), max_version=kind.max_version) for kind in REQUESTS]
        return ApiVersionsResponse(error_code=0, api_keys=keys, throttle_time_ms=0)

    def do_SaslHandshake(self, request, version):
        if os.path.exists(f"{self.server.directory}/no-logins"):
            return sasl.SaslHandshakeResponse(error_code=BAD_STATE, mechanisms=[])
        code = 0 if request.mechanism == "SCRAM-SHA-256" else 33
        return sasl.SaslHandshakeResponse(error_code=code, mechanisms=["SCRAM-SHA-256"])

    def do_SaslAuthenticate(self, request, version):
        data = bytes(request.auth_bytes)
        failed = "Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-256"
        kind = sasl.SaslAuthenticateResponse
        say = lambda code, why, data: kind(error_code=code, error_message=why, auth_bytes=data, session_lifetime_ms=0)
        if self.said is None:
            name, nonce = (part.partition("=")[2] for part in data.removeprefix(b"n,,").decode().split(","))
            user = self.server.users.get(name)
            if user is None:
                return say(LOGIN_FAILED, failed, b"")
            nonce += base64.b64encode(os.urandom(18)).decode()
            challenge = f"r={nonce},s={base64.b64encode(user['salt']).decode()},i={user['iterations']}"
            self.said = (name, user, nonce, f"{data[3:].decode()},{challenge}")
            return say(0, None, challenge.encode())
        name, user, nonce, said = self.said
        words, _, proof = data.decode().partition(",p=")
        signed = f"{said},{words}".encode()
        signature = hmac.digest(user["stored"], signed, "sha256")
        key = bytes(one ^ other for one, other in zip(base64.b64decode(proof), signature, strict=True))
        if words != f"c=biws,r={nonce}" or hashlib.sha256(key).digest() != user["stored"]:
            return say(LOGIN_FAILED, failed, b"")
        self.user = name
        return say(0, None, b"v=" + base64.b64encode(hmac.digest(user["server"], signed, "sha256")))

    def do_Metadata(self, request, version):
        kind = metadata.MetadataResponse
        port = self.server.server_address[1]
        host = "localhost" if os.path.exists(f"{self.server.directory}/key.pem") else "127.0.0.1"
        broker = kind.MetadataResponseBroker(node_id=1, host=host, port=port, rack=None)
        inner = kind.MetadataResponseTopic
        part = inner.MetadataResponsePartition(
            error_code=0, partition_index=0, leader_id=1, leader_epoch=1, replica_nodes=[1], isr_nodes=[1], offline_replicas=[]
        )  # fmt: skip
        wanted = self.server.topics if request.topics is None else {topic.name for topic in request.topics} & self.server.topics
        names = sorted(name for name in wanted if self.may(DESCRIBE, TOPIC, name))
        topics = [inner(error_code=0, name=name, is_internal=name.startswith("__"), partitions=[part]) for name in names]
        operations = {one for one in (CREATE, ALTER, DESCRIBE, CLUSTER_ACTION) if self.may(one) and self.may(DESCRIBE)}
        is_asked = getattr(request, "include_cluster_authorized_operations", False)
        return kind(
            throttle_time_ms=0, brokers=[broker], cluster_id="test", controller_id=1, topics=topics, error_code=0,
            authorized_operations=operations if is_asked else None,
        )  # fmt: skip

    def do_DescribeUserScramCredentials(self, request, version):
        kind = admin.DescribeUserScramCredentialsResponse
        if not self.may(DESCRIBE):
            return kind(throttle_time_ms=0, error_code=DENIED, error_message="Cluster authorization failed.", results=[])
        each, results = kind.DescribeUserScramCredentialsResult, []
        for name in [user.name for user in request.users]:
            user = self.server.users.get(name)
            infos = [each.CredentialInfo(mechanism=SCRAM_SHA_256, iterations=user["iterations"])] if user else []
            code, why = (0, None) if user else (NO_SUCH_USER, f"Attempt to describe a user credential that does not exist: {name}")
            results.append(each(user=name, error_code=code, error_message=why, credential_infos=infos))
        return kind(throttle_time_ms=0, error_code=0, error_message=None, results=results)

    def do_AlterUserScramCredentials(self, request, version):
        kind = admin.AlterUserScramCredentialsResponse
        results = []
        for one in [*request.deletions, *request.upsertions]:
            code, why, is_new = 0, None, hasattr(one, "salt")
            if not self.may(ALTER):
                code, why = DENIED, "Cluster authorization failed."
            elif one.mechanism != SCRAM_SHA_256 or (is_new and not 4096 <= one.iterations <= 16384):
                code, why = 93, "The new iterations value is not acceptable"
            elif is_new:
                self.server.keep(one.name, bytes(one.salt), bytes(one.salted_password), one.iterations)
            elif self.server.users.pop(one.name, None) is None:
                code, why = NO_SUCH_USER, f"Attempt to delete a user credential that does not exist: {one.name}"
            results.append(kind.AlterUserScramCredentialsResult(user=one.name, error_code=code, error_message=why))
        return kind(throttle_time_ms=0, results=results)

    def matching(self, resource, name, pattern, principal, host, operation, permission):
        wanted = (resource, name, pattern, principal, host, operation, permission)
        anything = lambda value: value in (None, 1)
        return sorted(acl for acl in self.server.acls if all(anything(one) or one == other for one, other in zip(wanted, acl)))

    def do_DescribeAcls(self, request, version):
        kind = admin.DescribeAclsResponse
        if os.path.exists(f"{self.server.directory}/no-authorizer") or not self.may(DESCRIBE):
            code = DENIED if not self.may(DESCRIBE) else NO_AUTHORIZER
            return kind(throttle_time_ms=0, error_code=code, error_message=None, resources=[])
        resource = kind.DescribeAclsResource
        found = self.matching(
            request.resource_type_filter, request.resource_name_filter, request.pattern_type_filter, request.principal_filter,
            request.host_filter, request.operation, request.permission_type,
        )  # fmt: skip
        rule = lambda acl: resource.AclDescription(principal=acl[3], host=acl[4], operation=acl[5], permission_type=acl[6])
        resources = []
        for of, name, pattern in sorted({acl[:3] for acl in found}):
            rules = [rule(acl) for acl in found if acl[:3] == (of, name, pattern)]
            resources.append(resource(resource_type=of, resource_name=name, pattern_type=pattern, acls=rules))
        return kind(throttle_time_ms=0, error_code=0, error_message=None, resources=resources)

    def do_CreateAcls(self, request, version):
        kind, results = admin.CreateAclsResponse, []
        for one in request.creations:
            code = 0 if self.may(ALTER) else DENIED
            if code == 0:
                rule = (one.principal, one.host, one.operation, one.permission_type)
                self.server.acls.add((one.resource_type, one.resource_name, one.resource_pattern_type, *rule))
            results.append(kind.AclCreationResult(error_code=code, error_message=None))
        return kind(throttle_time_ms=0, results=results)

    def do_DeleteAcls(self, request, version):
        kind, results = admin.DeleteAclsResponse, []
        each = kind.DeleteAclsFilterResult
        for one in request.filters:
            found = self.matching(
                one.resource_type_filter, one.resource_name_filter, one.pattern_type_filter, one.principal_filter, one.host_filter,
                one.operation, one.permission_type,
            ) if self.may(ALTER) else []  # fmt: skip
            self.server.acls -= set(found)
            gone = [
                each.DeleteAclsMatchingAcl(
                    error_code=0, error_message=None, resource_type=acl[0], resource_name=acl[1], pattern_type=acl[2], principal=acl[3],
                    host=acl[4], operation=acl[5], permission_type=acl[6]
                )
                for acl in found
            ]  # fmt: skip
            code = 0 if self.may(ALTER) else DENIED
            results.append(each(error_code=code, error_message=None, matching_acls=gone))
        return kind(throttle_time_ms=0, filter_results=results)

    def do_DeleteTopics(self, request, version):
        kind, results = admin.DeleteTopicsResponse, []
        for name in request.topic_names:
            code = TOPIC_DENIED if not self.may(DELETE, TOPIC, name) else 0 if name in self.server.topics else NO_SUCH_TOPIC
            if code == 0:
                self.server.topics.discard(name)
            results.append(kind.DeletableTopicResult(name=name, error_code=code, error_message=None))
        return kind(throttle_time_ms=0, responses=results)

    def do_CreateTopics(self, request, version):
        kind, results = admin.CreateTopicsResponse, []
        for topic in request.topics:
            code = 0 if self.may(CREATE, TOPIC, topic.name) else TOPIC_DENIED
            if code == 0:
                self.server.topics.add(topic.name)
            shape = {"num_partitions": 1, "replication_factor": 1, "configs": []}
            results.append(kind.CreatableTopicResult(name=topic.name, error_code=code, error_message=None, **shape))
        return kind(throttle_time_ms=0, topics=results)


if __name__ == "__main__":
    port, directory, users = sys.argv[1:]
    server = Server(int(port), directory, json.loads(users))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for line in sys.stdin:
        print(json.dumps(server.state(json.loads(line))), flush=True)
