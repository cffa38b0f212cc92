// Labelled tickets for the account team, written for this project. One per line: priority | subject | description.
export const account = `
normal | Forgot password | I can't remember my password and the reset email doesn't arrive, not even in the spam folder. My login is the address I'm writing from. Could you send the reset link again?
high | Locked out, need access today | My account has been locked after too many login attempts and I have to get at my purchased licences for a client job today. I've been waiting for the unlock email for six hours. Please unlock my login now.
low | Can I change my username? | Is it possible to change the username shown in the community? It's not important, I just don't like it any more.
urgent | My account was hacked | Somebody has taken over my account. The email and password were changed an hour ago and I get alerts of logins from another country. Please freeze the account immediately, my saved cards are in there.
normal | Change email address | I no longer use the old email address. Please change the login of my account to the new one that I'm writing from, I can answer security questions.
normal | Merge two accounts | I seem to have two accounts, one with my work mail and one with my private mail. Can both be merged so that all devices are in one profile?
normal | Verification code does not arrive | When signing in I'm asked for a code by SMS but none arrives. My number hasn't changed. Could you check which number is stored?
high | Lost phone, two-factor locks me out | My phone with the authenticator app was lost on a trip and I have no backup codes. I can't sign in anywhere and my alarm system is tied to this login. I need the two-factor reset today, please.
low | How many users on the family plan? | How many family members can have their own profile under one account? We are five and think about joining.
normal | Cannot register | Registration says "email already in use" though I never had an account with you. How can I sign up with my address?
normal | Update my name after marriage | I married in May and have a new last name. Please change it in my profile, the form has the field greyed out.
urgent | Ex-partner has access to my login and cameras | My ex still has access to my account and watches the cameras in my flat. He's been threatening me. Please log out all sessions and lock him out right away, I do not feel safe.
normal | Loyalty points missing | The points for my last two purchases aren't shown in my profile. The membership number is 77120943. Could they be added?
low | Suggestion: login with passkey | Please consider passkeys for the login. Would be safer and easier than passwords. Just a suggestion from a fan.
normal | Close my account | I don't use the shop any more and would like my user account to be closed. There are no open orders. How does that work?
normal | Remove a device from my account | I sold my speaker and the buyer can't set it up because it's still tied to my account. Please remove the device, serial number below.
high | Password reset loop drives me crazy | I've reset the password eight times. Each time it says success and then "wrong password". I'm losing my mind and can't get into the app. Nobody in chat understands the problem. Please get me signed in today!
normal | Sign in with Apple not possible | I registered with Sign in with Apple and changed to Android. Now I don't know how to log in. Can a password be set for my account?
low | Profile picture size | What is the maximum size for the profile picture? Mine is always cropped at the edges. Not a big deal.
normal | Business account upgrade | We'd like to turn our private customer account into a business account with several users. What do you need from us?
normal | Add a second user | Please tell me how I can give my husband his own login to our account, so that he can see the orders too.
urgent | Fraud: someone created accounts with my identity | Three customer accounts were opened in my name with my date of birth, I keep getting welcome mails. Somebody commits identity fraud. Block these accounts at once and keep the login data for the police.
normal | Old phone number in profile | My old phone number is still stored for sign-in codes, I can't change it without a code to the old number. What can be done?
normal | Email confirmation link expired | The link to confirm my new account says it's expired, even when I click it right away. Please activate my account.
low | What happens to points when I'm inactive? | Do my loyalty points expire if I don't log in for a year? I'm asking out of curiosity.
high | Account deactivated without warning | My account has been deactivated and all my playlists and licences are gone from the app. No mail, no reason given. I paid for a year! I want it reactivated today and an explanation, this is not how to treat customers.
normal | Session ends all the time | The website signs me out after every page. I have to enter the password again each time. Other sites are fine, cookies are allowed.
normal | Transfer account to my mother | I set up the account for my mother with my own mail. Now she should own it, with her mail and phone number. How do I hand it over?
low | Two factor with hardware key? | Do you support hardware security keys for sign-in? If not, it'd be a good idea for later.
high | Can't log in and warranty ends tomorrow | The site doesn't accept my login, and I need to register the device in my account before tomorrow, else the extended cover is lost. Reset mail never comes. I need help quickly.
urgent | Admin login of our company taken over | The admin of our business account left in anger, changed the password and is deleting our users right now. We're being locked out one after the other. Suspend his login immediately please.
normal | Unlink social login | I'd like to unlink my Facebook from my account and sign in with email and password only. The button gives an error.
normal | Invitation to family group not received | My son hasn't got the invitation to our family group though I sent it three times. His account is active. Can you add him by hand?
low | Display name in reviews | Can I write reviews under a nickname rather than my full name? I didn't find it in the settings, it's just a question.
high | Blocked as "suspicious", exam streaming in 2 hours | Your system flagged my sign-in as suspicious and blocked my profile because I'm on the university network. I need the note app for an exam in two hours. Please unblock the account as fast as possible.
normal | Duplicate profiles in app | The app shows my profile twice with different devices under each. How do I get one profile again?
normal | Delete saved address from profile | In my profile there are six old addresses. The delete button for two of them is not active. Please remove them, I keep choosing the wrong one.
low | Where do I find my login history? | Is there a page with the last logins of my account? I'd like to look at it now and then. Thanks!
high | Locked out of my own smart home | After you forced a password change I can't sign in to my account and none of the lights, blinds or the heating can be controlled. Two days like this already, and only bots answer me. I want a person to restore my login now.
normal | Change of account country | I moved from Spain to Ireland. My account is still set to Spain and the app store shows the wrong catalogue. Please switch the country.
normal | Cannot turn off two-step verification | I'd like to turn off two-step verification, as I've no mobile reception at home. The switch in the security settings jumps back each time.
urgent | Suspicious logins, many customers in our forum affected | I was notified of 30 logins from Vietnam within an hour, and other members in the forum have exactly the same. Looks like a credential attack on your login page is running. Please react immediately.
normal | Login for employee who left | Please remove the login of our former employee Tom Berger from our company account and give his seat to Ines Vogt.
low | Nickname for devices | It'd be nice if all users of the account saw the same nickname for a device. Only a small idea for your app.
normal | Device limit reached | Signing in on my new tablet says the device limit of my profile is reached. I don't have the old ones any more. Please reset the list.
high | Child's profile has taken over mine | Since I added a child profile my own login opens the restricted mode and I can't get back to my settings. I tried everything and your chat ended twice. I'm the account owner! Sort this out today.
normal | No welcome email | I created an account this morning, but I've had no welcome email and can't see my profile. Was the registration complete?
normal | Security question forgotten | I want to change my password and am asked for a security question that I set ten years ago. I don't know the answer. Is there another way to prove that it's me?
low | Delete nickname history | My review page shows my former nicknames. Can that be hidden? If not, never mind.
normal | Register product to my account | The serial number of my amplifier is "already registered", probably by the former owner. How can I add it to my account?
urgent | SIM swap, please lock my account | My mobile number was stolen by a SIM swap an hour ago and the thief is going through all my accounts. Lock my login with you immediately, the codes are sent to him.
high | Been trying to sign in since Monday!!! | "Something went wrong." That's all I see, since Monday, on every device. I've a paid account and I can't use it. Fourth message to you. I expect that someone looks at my login today, otherwise I'm gone.
low | How do I become a tester? | I read about a tester group for members. Can any account holder apply for it? I'd be interested.
normal | Company name in account wrong | Our company account has the name of the old firm. We were renamed to Aldermoor Ltd. Please update the account name, extract from the register attached.
urgent | Hacked, attacker is ordering in my name | An attacker has logged in to my account, changed the password and is placing orders right now. I can't get in any more. Lock the account right away, it's fraud with my data.
urgent | Stolen phone with open login | My phone was stolen an hour ago and the thief is signed in to my account, where the door lock can be opened. Please end all sessions immediately, we're afraid of a burglary tonight.
urgent | Sign-in is down for everyone | The sign-in is down for all of our staff since this morning, the login page only shows an error. 200 people are unable to work.
urgent | Stalker logged in to my profile | A stalker has got hold of my password and follows where I am through my profile. I'm in danger. Please lock the account without delay and throw out all devices that are signed in.
urgent | Password leak: my login is for sale | My login with you is being sold on the darknet along with thousands of others, I have a screenshot. Looks like your user database was hacked. Please act immediately and reset the passwords.
urgent | Password and email changed by a stranger | A stranger has changed the password and the email of my account. I was hacked, I think, because there are logins from three countries.
urgent | I've been hacked | My profile has been hacked, all my devices were removed and somebody else's name is in it. My bank card is saved there.
urgent | Identity theft, account verified with my passport | A criminal has verified an account with a photo of my passport and uses it for scams. It's identity theft, the police have been informed. Block this account immediately.
high | Reset link never works, I'm furious | For a week I've been asking for a reset link that works. I'm furious, each answer is the same copied text. I need to get into my account today as my holiday tickets are in there.
high | No access to account before flight tomorrow | My account is blocked and the luggage tracker can't be used without a login. I fly tomorrow morning. I've tried everything and nobody answers. Please unlock my account today.
`;
